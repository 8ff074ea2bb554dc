"""Scan photos again, with the same models or others, without losing what users decided.

Results are computed beside the current ones (see `staging`), and after a kill the same request continues
where it stopped. One transaction then applies them and groups the people again, as one change that can be
undone. A plan is that transaction, rolled back.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from albums.locks import AdvisoryLock
from albums.models import Album, Image
from faces.conf import FaceSettings
from faces.exceptions import PeopleError
from faces.messages import Message, message
from faces.models import Change, Face, FaceScan, OwnerModels
from faces.services.core.consent import RecognitionOff, recognition_enabled
from faces.services.core.owner_pipeline import owner_models, owner_models_lock
from faces.services.detecting.box_matching import faces_protected
from faces.services.detecting.embeddings import embeddings_fill
from faces.services.detecting.stored_embeddings import faces_lacking
from faces.services.grouping.run import owner_recluster
from faces.services.history.history import change_recorded, changes_lock
from faces.services.reindexing.apply import ScanCounts, scans_lock, staged_apply
from faces.services.reindexing.staging import (
    images_finished,
    images_stage,
    images_unstaged,
    staged_failures_forget,
)
from faces.services.reindexing.state_diff import PeopleDiff, difference, people_state

logger = logging.getLogger(__name__)

MOST_TURNS = 5
"""After so many turns what arrived meanwhile is done within the switch, while new photos wait."""

Progress = Callable[[str, int], None]
"""Receives the kind of work ("photos" or "faces") and how many more are done."""


class ReindexUnderWay(PeopleError):
    """Another process is at it."""

    code = "reindex_under_way"

    def __init__(self) -> None:
        super().__init__(_("These photos are already being scanned again. Wait until that has finished."))


class DecisionsAtRisk(PeopleError):
    """The switch would have lost decisions and was rolled back. An error of this program."""

    code = "facts_in_danger"

    def __init__(self, found: PeopleDiff) -> None:
        super().__init__(
            f"Nothing was changed: {found.names_lost} names and {found.facts_lost} other facts would be "
            "lost. This is an error in Trombine; please report it."
        )


@dataclass(frozen=True, slots=True)
class ReindexRequest:
    """A request to scan photos again.

    images: ready photos of the owner; binned ones are scanned when restored. everything: true if these are
    all photos; only then the models become the owner's. detect: true to detect faces, false to compute only
    the vectors of existing ones.
    """

    owner: User
    models: FaceSettings
    images: QuerySet[Image]
    everything: bool
    detect: bool

    @property
    def faces(self) -> QuerySet[Face]:
        """The stored faces that need a vector of the requested model."""
        faces = Face.objects.filter(image__in=self.images)
        # Detected faces have vectors already; the preserved ones need one.
        return faces_protected(faces) if self.detect else faces


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a reindex or of its plan.

    people: None when only vectors were filled in, of some photos, for a model that is not the owner's yet:
    `lacking` faces of the owner's other photos have none of it. carried: None when no faces were looked for.
    unreadable: photos whose faces could get no vector. failed: photos in which faces could not be looked for.
    """

    people: PeopleDiff | None
    carried: ScanCounts | None
    lacking: int
    unreadable: int


def reindex_request(
    *,
    owner: User,
    images: QuerySet[Image] | None = None,
    detector: str | None = None,
    embedder: str | None = None,
) -> ReindexRequest:
    """Request a scan of all or some photos of an owner; models default to the owner's current ones."""
    present = owner_models(owner.pk)
    selected = Image.objects.filter(owner=owner) if images is None else images.filter(owner=owner)
    return ReindexRequest(
        owner=owner,
        models=replace(present, detector=detector or present.detector, embedder=embedder or present.embedder),
        images=Image.objects.ready().filter(pk__in=selected.order_by().values("pk"), binned_at=None),
        everything=images is None,
        detect=detector is not None or embedder is None,
    )


def images_to_reindex(
    owner: User,
    *,
    albums: list[Album] | None = None,
    image_ids: list[int] | None = None,
    failed_only: bool = False,
) -> QuerySet[Image] | None:
    """Return the selected photos of an owner; None for all."""
    if albums is None and image_ids is None and not failed_only:
        return None
    selected = Image.objects.filter(owner=owner)
    if albums is not None:
        selected = selected.filter(entries__album__in=albums)
    if image_ids is not None:
        selected = selected.filter(pk__in=image_ids)
    if failed_only:
        selected = selected.filter(face_scan__state=FaceScan.State.FAILED)
    # By id: a scan that succeeds is no longer a failed one.
    return Image.objects.filter(pk__in=list(selected.values_list("pk", flat=True)))


def reindex_pending(request: ReindexRequest) -> dict[str, int]:
    """Return how much there is to compute before the switch, per kind of work."""
    todo = {"faces": faces_lacking(request.faces, embedder=request.models.embedder).count()}
    if request.detect:
        todo["photos"] = images_unstaged(request.images, models=request.models).count()
    return todo


def reindex(request: ReindexRequest, *, plan: bool, progress: Progress) -> Outcome:
    """Carry out a request; with `plan` only report its effect. What was computed for a plan is used later.

    Raises ReindexUnderWay, DecisionsAtRisk, RecognitionOff; VisionError when a model cannot be used, OSError
    when the storage fails. If it is interrupted, only preparations were stored, which the next run reuses.
    """
    if not recognition_enabled(request.owner.pk):
        raise RecognitionOff
    with AdvisoryLock.REINDEXING.held(request.owner.pk) as acquired:
        if not acquired:
            raise ReindexUnderWay
        if request.detect:
            staged_failures_forget(images=request.images, models=request.models)
        unreadable: set[int] = set()
        for turn in range(MOST_TURNS):
            _prepare(request, unreadable, progress)
            if not request.everything and request.models.embedder != owner_models(request.owner.pk).embedder:
                return _filled_only(request, unreadable)
            outcome = _switch(
                request, unreadable, plan=plan, progress=progress, whatever=turn == MOST_TURNS - 1
            )
            if outcome is not None:
                return outcome
        raise AssertionError("the last turn always has an outcome")


def _prepare(request: ReindexRequest, unreadable: set[int], progress: Progress) -> None:
    if request.detect:
        for count in images_stage(images=request.images, models=request.models):
            progress("photos", count)
    for count in embeddings_fill(faces=request.faces, models=request.models, unreadable=unreadable):
        progress("faces", count)


def _filled_only(request: ReindexRequest, unreadable: set[int]) -> Outcome:
    others = Face.objects.filter(image__owner=request.owner)
    lacking = faces_lacking(others, embedder=request.models.embedder).count()
    return Outcome(people=None, carried=None, lacking=lacking, unreadable=len(unreadable))


def _switch(
    request: ReindexRequest, unreadable: set[int], *, plan: bool, progress: Progress, whatever: bool
) -> Outcome | None:
    """Switch in one transaction; return None if something new must be prepared first."""
    owner, summary = request.owner, _summary(request)
    with transaction.atomic():
        # Workers that are looking at photos with the present models end first; others wait.
        owner_models_lock(owner_id=owner.pk)
        if not recognition_enabled(owner.pk):
            raise RecognitionOff
        if _arrived(request, unreadable):
            if not whatever:
                return None
            _prepare(request, unreadable, progress)
        scans_lock(images=request.images)
        changes_lock(owner.pk)
        before = people_state(owner.pk)
        with change_recorded(
            owner=owner,
            by=None,
            kind=Change.Kind.REINDEX,
            summary=summary,
            faces=None,
            people=None,
        ):
            carried = staged_apply(images=request.images, models=request.models) if request.detect else None
            if request.everything:
                _models_switch(owner, request.models)
            owner_recluster(owner)
        people = difference(before, people_state(owner.pk))
        if people.names_lost or people.facts_lost:
            raise DecisionsAtRisk(people)
        if plan:
            transaction.set_rollback(True)
    logger.info("Owner %s: %s%s", owner.pk, summary, " (a plan)" if plan else "")
    return Outcome(people=people, carried=carried, lacking=0, unreadable=len(unreadable))


def _arrived(request: ReindexRequest, unreadable: set[int]) -> bool:
    lacking = faces_lacking(request.faces, embedder=request.models.embedder).exclude(image_id__in=unreadable)
    finished = images_finished(request.images)
    return lacking.exists() or (request.detect and images_unstaged(finished, models=request.models).exists())


def _models_switch(owner: User, models: FaceSettings) -> None:
    OwnerModels.objects.update_or_create(
        owner=owner, defaults={"detector": models.detector, "embedder": models.embedder}
    )


def _summary(request: ReindexRequest) -> Message:
    present = owner_models(request.owner.pk)
    detector, embedder = request.models.detector, request.models.embedder
    if not request.detect:
        return message("Switched from %(before)s to %(model)s", model=embedder, before=present.embedder)
    what = message("Rescanned all photos") if request.everything else message("Rescanned some photos")
    if request.models == present:
        return what
    return message("%(what)s, with %(detector)s and %(model)s", what=what, detector=detector, model=embedder)
