"""The journal of an owner's people: what was done, in an order, and how each step is taken back.

Changes of one owner come one after the other: `change_recorded` and `change_undo` hold the owner's lock until
their transaction ends, and so must everything else that writes faces (`changes_lock`). Whoever also needs the
row of a scan takes that before the lock, as the search for faces does.

What is kept is the difference between the rows before and after. Files are not: a picture of a face must stay
in the storage for as long as a change that replaced it can be undone.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from albums.locks import AdvisoryLock
from faces.exceptions import AlreadyUndone, NotTheNewest, NotThere
from faces.messages import Message
from faces.models import Change, FaceScan
from faces.services.core.owner_pipeline import owner_models_lock
from faces.services.history.diff import (
    EMBEDDING,
    FACE,
    MODELS,
    PLACE,
    SCAN,
    Scope,
    State,
    differences,
    embeddings_of,
)
from faces.services.history.undo import state_restore

logger = logging.getLogger(__name__)

Marker = tuple[int, datetime | None]


@dataclass(slots=True)
class _Recording:
    """A change under way: its row, what it may touch, and how that was before."""

    change: Change
    scope: Scope
    newest: dict[str, int]
    before: State
    embeddings: State = field(default_factory=dict)

    def widen(self, faces: Iterable[int] | None, people: Iterable[int] | None, images: Iterable[int]) -> None:
        """Let a change within this one touch more; what was made since the beginning is in it anyway."""
        added = Scope(
            self.scope.owner_id,
            faces=_added(self.scope.faces, faces),
            people=_added(self.scope.people, people),
            images=set(images) - self.scope.images,
            face=self.scope.face,
        )
        if added.faces == set() and added.people == set() and not added.images:
            return
        for table, rows in added.state().items():
            newest = self.newest.get(table)
            known = self.before.setdefault(table, {})
            for pk, row in rows.items():
                if newest is None or pk <= newest:
                    known.setdefault(pk, row)
        self.scope.faces = _joined(self.scope.faces, added.faces, everything=faces is None)
        self.scope.people = _joined(self.scope.people, added.people, everything=people is None)
        self.scope.images |= added.images


_under_way: ContextVar[_Recording | None] = ContextVar("change_under_way", default=None)


@contextmanager
def change_recorded(
    *,
    owner: User,
    by: User | None,
    kind: str,
    summary: Message | None = None,
    faces: Iterable[int] | None,
    people: Iterable[int] | None,
    images: Iterable[int] = (),
    places_only: bool = False,
) -> Iterator[Change]:
    """Record what is done inside, in one transaction, as one change that can be undone.

    `faces` and `people` are the ids that may be touched, None for all of the owner's; rows that are made
    inside are seen by themselves. Within another change of the same owner this one becomes part of that.
    `images` are those whose exception "somebody may be here twice" may be changed.
    With `places_only` of faces no more is kept than whom they are with: no face may be made or altered.
    The change that is handed out may be given another summary, a `Sentence`; it is saved at the end, and not
    at all when nothing differs (its `pk` is None then).
    """
    outer = _under_way.get()
    if outer is not None and outer.scope.owner_id == owner.pk:
        outer.widen(faces, people, images)
        yield outer.change
        return
    with transaction.atomic():
        changes_lock(owner.pk)
        scope = Scope(owner.pk, faces=_ids(faces), people=_ids(people), images=set(images))
        scope.face = PLACE if places_only else FACE
        change = Change(owner=owner, by=by, kind=kind)
        if summary is not None:
            change.summary = summary
        recording = _Recording(change, scope, newest=scope.newest(), before=scope.state())
        token = _under_way.set(recording)
        try:
            yield change
        finally:
            _under_way.reset(token)
        after = scope.state(made_after=recording.newest)
        change.rows = differences(recording.before | recording.embeddings, after, face=scope.face)
        if change.rows:
            change.at = timezone.now()
            change.save()


def change_widen(*, faces: Iterable[int] = (), people: Iterable[int] = ()) -> None:
    """Say, before it is done, that the change under way touches these rows too."""
    _recording().widen(faces, people, ())


def change_author(otherwise: User | None) -> User | None:
    """Who makes the change under way: what is said within it is said by them, whosever people these are."""
    return _recording().change.by or otherwise


def embeddings_record(*, face_ids: Iterable[int]) -> None:
    """Keep the vectors of faces that the change under way is about to delete, so that undoing has them."""
    _recording().embeddings.setdefault(EMBEDDING.name, {}).update(embeddings_of(list(face_ids)))


def changes_lock(owner_id: int) -> None:
    """Wait until nobody else changes this owner's people; others then wait until this transaction ends."""
    AdvisoryLock.PEOPLE.acquire(owner_id)


def changes_marker(owner_id: int) -> Marker:
    """A value that is another one after each change, and after each that is undone."""
    marks = Change.objects.filter(owner_id=owner_id).aggregate(newest=Max("pk"), undone=Max("undone_at"))
    return marks["newest"] or 0, marks["undone"]


def changes_of(owner: User) -> QuerySet[Change]:
    """The owner's changes, newest first, without the rows that they hold."""
    return Change.objects.filter(owner=owner).select_related("by").defer("rows")


def change_undoable(owner: User) -> Change | None:
    """The one change that can be undone now: the newest that is not."""
    return changes_of(owner).filter(undone_at__isnull=True).first()


def change_undo(*, change: Change, by: User) -> Change:
    """Take a change back: every row is as it was before it, with its old id; what it made is gone.

    Rows whose photo was deleted since stay away. Raises NotThere for another owner's change, AlreadyUndone,
    and NotTheNewest when a later change must be undone first.
    """
    with transaction.atomic():
        found = Change.objects.filter(pk=change.pk, owner=by).first()
        if found is None:
            raise NotThere
        if MODELS.name in found.rows:
            owner_models_lock(owner_id=by.pk)
        scans = [int(pk) for pk in found.rows.get(SCAN.name, {})]
        list(FaceScan.objects.select_for_update().filter(pk__in=scans).order_by("pk").values_list("pk"))
        changes_lock(by.pk)
        found.refresh_from_db()
        if found.undone_at is not None:
            raise AlreadyUndone
        newest = change_undoable(by)
        if newest is None or newest.pk != found.pk:
            raise NotTheNewest(newest_id=newest.pk if newest else 0, summary=newest.summary if newest else "")
        state_restore(found.rows)
        found.undone_at = timezone.now()
        found.save(update_fields=["undone_at"])
    logger.info("Owner %s: change %s (%s) undone", by.pk, found.pk, found.kind)
    return found


def _recording() -> _Recording:
    recording = _under_way.get()
    if recording is None:
        message = "People are changed within change_recorded, so that it can be undone."
        raise RuntimeError(message)
    return recording


def _ids(ids: Iterable[int] | None) -> set[int] | None:
    return None if ids is None else set(ids)


def _added(present: set[int] | None, wanted: Iterable[int] | None) -> set[int] | None:
    """What is wanted beyond what is there: nothing when all is there, None when all is wanted."""
    if present is None:
        return set()
    return None if wanted is None else set(wanted) - present


def _joined(present: set[int] | None, added: set[int] | None, *, everything: bool) -> set[int] | None:
    return None if everything or present is None or added is None else present | added
