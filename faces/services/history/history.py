"""The history of an owner's people: record changes in order, and undo them.

Changes of one owner are serialized: `change_recorded` and `change_undo` hold the owner's lock until their
transaction ends, and so must everything else that writes faces (`changes_lock`). Rows of scans are locked
before it, as scanning does.

A change holds the difference between the rows before and after, but no files: the picture of a face stays in
the storage as long as a change that replaced it can be undone.
"""

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
    """An active change: its row, its scope, and the state of that before."""

    change: Change
    scope: Scope
    newest: dict[str, int]
    before: State
    embeddings: State = field(default_factory=dict)

    def widen(self, faces: Iterable[int] | None, people: Iterable[int] | None, images: Iterable[int]) -> None:
        """Add rows to the scope; rows created since the beginning are in it already."""
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


_active: ContextVar[_Recording | None] = ContextVar("change_active", default=None)


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
    """Record the block, in one transaction, as one change that can be undone.

    faces, people: ids that may be touched, None for all of the owner's; rows created inside are included.
    images: those whose exception for a person twice may be changed. places_only: record only assignments of
    faces; no face may be created or altered otherwise. Within another change of the same owner, the block
    becomes part of that. The yielded change may be given another summary, a `Message`; it is saved at the
    end, unless nothing differs (its `pk` is None then).
    """
    outer = _active.get()
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
        token = _active.set(recording)
        try:
            yield change
        finally:
            _active.reset(token)
        after = scope.state(made_after=recording.newest)
        change.rows = differences(recording.before | recording.embeddings, after, face=scope.face)
        if change.rows:
            change.at = timezone.now()
            change.save()


def change_widen(*, faces: Iterable[int] = (), people: Iterable[int] = ()) -> None:
    """Add rows to the scope of the active change, before they are changed."""
    _recording().widen(faces, people, ())


def change_author(otherwise: User | None) -> User | None:
    """Return the author of the active change, who also makes the decisions within it."""
    return _recording().change.by or otherwise


def embeddings_record(*, face_ids: Iterable[int]) -> None:
    """Record the vectors of faces that the active change is about to delete, for its undo."""
    _recording().embeddings.setdefault(EMBEDDING.name, {}).update(embeddings_of(list(face_ids)))


def changes_lock(owner_id: int) -> None:
    """Wait for the lock of an owner's people, and hold it until the transaction ends."""
    AdvisoryLock.PEOPLE.acquire(owner_id)


def changes_marker(owner_id: int) -> Marker:
    """Return a value that differs after each change and each undo."""
    marks = Change.objects.filter(owner_id=owner_id).aggregate(newest=Max("pk"), undone=Max("undone_at"))
    return marks["newest"] or 0, marks["undone"]


def changes_of(owner: User) -> QuerySet[Change]:
    """Return the owner's changes, newest first, without their rows."""
    return Change.objects.filter(owner=owner).select_related("by").defer("rows")


def change_undoable(owner: User) -> Change | None:
    """Return the change that can be undone: the newest that is not undone."""
    return changes_of(owner).filter(undone_at__isnull=True).first()


def change_undo(*, change: Change, by: User) -> Change:
    """Undo a change: restore its rows with their ids, and delete those it created.

    Rows whose photo was deleted since are not restored. Raises NotThere for another owner's change,
    AlreadyUndone, and NotTheNewest when a later change must be undone first.
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
    recording = _active.get()
    if recording is None:
        message = "People are changed within change_recorded, so that it can be undone."
        raise RuntimeError(message)
    return recording


def _ids(ids: Iterable[int] | None) -> set[int] | None:
    return None if ids is None else set(ids)


def _added(present: set[int] | None, wanted: Iterable[int] | None) -> set[int] | None:
    """Return the requested ids that are not present; None means all."""
    if present is None:
        return set()
    return None if wanted is None else set(wanted) - present


def _joined(present: set[int] | None, added: set[int] | None, *, everything: bool) -> set[int] | None:
    return None if everything or present is None or added is None else present | added
