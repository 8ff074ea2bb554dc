"""What a new grouping would do, kept for a while for who looks after the server, without names."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from django.contrib.auth.models import User
from django.core.cache import cache
from django.utils import timezone

from faces.services.grouping.run import owner_recluster

KEPT_SECONDS = 24 * 3600
WORKED_OUT_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class KeptPlan:
    """lines: the plan for a person to read; people go by their numbers. at: when it was worked out."""

    at: datetime
    lines: list[str]


def plan_keep(*, owner: User) -> KeptPlan:
    """Work out what a new grouping would do, and keep it for a day. Changes nothing else."""
    plan = owner_recluster(owner, plan=True)
    unnamed = replace(
        plan,
        splits=[replace(parting, name="") for parting in plan.splits],
        joins=[replace(parting, name="") for parting in plan.joins],
    )
    kept = KeptPlan(at=timezone.now(), lines=unnamed.lines())
    cache.set(_key(owner.pk), kept, timeout=KEPT_SECONDS)
    cache.delete(_asked_key(owner.pk))
    return kept


def plan_kept(owner_id: int) -> KeptPlan | None:
    """The last plan of this owner; None when there was none lately."""
    kept: KeptPlan | None = cache.get(_key(owner_id))
    return kept


def plan_ask(owner_id: int) -> bool:
    """Note that a plan is wanted; False when one is being worked out already."""
    return bool(cache.add(_asked_key(owner_id), 1, timeout=WORKED_OUT_SECONDS))


def plan_asked(owner_id: int) -> bool:
    """Whether a plan is being worked out."""
    return cache.get(_asked_key(owner_id)) is not None


def _key(owner_id: int) -> str:
    return f"faces:grouping-plan:{owner_id}"


def _asked_key(owner_id: int) -> str:
    return f"faces:plan-asked:{owner_id}"
