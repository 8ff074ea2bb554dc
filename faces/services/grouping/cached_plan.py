"""Cache what a new grouping would do, for operators, without names."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.contrib.auth.models import User
from django.core.cache import cache
from django.utils import timezone

from faces.services.grouping.run import owner_plan

CACHED_SECONDS = 24 * 3600
PENDING_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class CachedPlan:
    """lines: the plan as text, with people by their ids. at: when it was computed."""

    at: datetime
    lines: list[str]


def plan_cache(*, owner: User) -> CachedPlan:
    """Compute what a new grouping would do and cache it for a day."""
    plan = owner_plan(owner)
    unnamed = replace(
        plan,
        splits=[replace(split, name="") for split in plan.splits],
        joins=[replace(join, name="") for join in plan.joins],
    )
    cached = CachedPlan(at=timezone.now(), lines=unnamed.lines())
    cache.set(_key(owner.pk), cached, timeout=CACHED_SECONDS)
    cache.delete(_pending_key(owner.pk))
    return cached


def plan_cached(owner_id: int) -> CachedPlan | None:
    """Return the owner's last plan, if there was one lately."""
    cached: CachedPlan | None = cache.get(_key(owner_id))
    return cached


def plan_request(owner_id: int) -> None:
    """Note that a plan is being computed."""
    cache.set(_pending_key(owner_id), 1, timeout=PENDING_SECONDS)


def plan_withdraw(owner_id: int) -> None:
    """Note that a requested plan is not computed."""
    cache.delete(_pending_key(owner_id))


def plan_pending(owner_id: int) -> bool:
    """Return whether a plan is being computed."""
    return cache.get(_pending_key(owner_id)) is not None


def _key(owner_id: int) -> str:
    return f"faces:cached-plan:{owner_id}"


def _pending_key(owner_id: int) -> str:
    return f"faces:plan-pending:{owner_id}"
