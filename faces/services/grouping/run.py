"""Group an owner's faces into people, and assign the faces to these people.

A run computes its complete result first and applies it in one transaction, as one change that can be undone.
It changes assignments, never decisions: a named person keeps their id, name and confirmed faces, and a group
that is found again keeps its person.
"""

import logging

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from albums.locks import AdvisoryLock
from faces.messages import Message, message, message_plural
from faces.models import Change, ClusteringRun, FaceScan, Person
from faces.services.core.bulk_assign import faces_move
from faces.services.core.consent import recognition_enabled
from faces.services.core.owner_pipeline import owner_models, owner_models_lock_shared
from faces.services.grouping.constraints import OwnerFaces, owner_faces
from faces.services.grouping.plan import Plan, plan_build
from faces.services.grouping.stored_neighbours import neighbours_store, neighbours_update
from faces.services.history.history import change_recorded, change_widen, changes_lock, changes_marker
from faces.services.people.stats import stats_refresh
from faces.services.people.verdicts import people_reconcile
from faces.vision.grouping.clustering import group_faces
from faces.vision.grouping.neighbour_lists import NeighbourLists
from faces.vision.profiles import profile_of

logger = logging.getLogger(__name__)


def owner_is_stale(owner_id: int) -> bool:
    """Return whether photos were scanned since the last grouping."""
    scans = FaceScan.objects.filter(
        image__owner_id=owner_id, image__binned_at=None, finished_at__isnull=False
    )
    if (last := last_run(owner_id)) is not None:
        scans = scans.filter(finished_at__gt=last.started_at)
    return scans.exists()


def last_run(owner_id: int) -> ClusteringRun | None:
    """The owner's last grouping that was finished."""
    return ClusteringRun.objects.filter(owner_id=owner_id, state=ClusteringRun.State.DONE).first()


def owner_plan(owner: User) -> Plan:
    """Return what a new grouping of an owner's faces would do; changes nothing."""
    return _plan(owner.pk, owner_models(owner.pk).embedder)[0]


def owner_recluster(owner: User) -> ClusteringRun | None:
    """Group all of an owner's faces anew; None while another run is active, or with recognition off.

    A run that fails changes nothing but leaves a row that says so.
    """
    run = ClusteringRun(owner=owner)
    try:
        with transaction.atomic():
            owner_models_lock_shared(owner_ids=[owner.pk])
            if not recognition_enabled(owner.pk) or not AdvisoryLock.GROUPING.try_acquire(owner.pk):
                return None
            run.embedder = owner_models(owner.pk).embedder
            _run(run)
    except Exception as error:  # recorded for the activity page, and raised again
        _failure_record(run, error)
        raise
    # Counted here, so that the next page does not wait for it.
    stats_refresh(owner_id=owner.pk)
    logger.info("Owner %s: %s faces, %s people, %s waiting", owner.pk, run.faces, run.people, run.waiting)
    return run


def _run(run: ClusteringRun) -> None:
    owner = run.owner
    marker = changes_marker(owner.pk)
    plan, neighbours = _plan(owner.pk, run.embedder)
    changes_lock(owner.pk)
    if changes_marker(owner.pk) != marker:  # people were changed while the plan was computed
        plan, neighbours = _plan(owner.pk, run.embedder)
    # Under the lock: an erasure waits for it, and deletes them.
    neighbours_store(owner.pk, run.embedder, neighbours)
    with change_recorded(
        owner=owner,
        by=None,
        kind=Change.Kind.RUN,
        summary=_summary(plan),
        faces=(),
        people=(),
        places_only=True,
    ):
        groups_apply(owner, plan)
    run.moved, run.faces, run.people, run.waiting = len(plan.moves), plan.faces, plan.people, plan.waiting
    run.parameters, run.finished_at = plan.parameters, timezone.now()
    run.save()


def _failure_record(run: ClusteringRun, error: Exception) -> None:
    """Store the last failure of an owner's runs; the error's text may hold names, so its kind alone."""
    failed = ClusteringRun.State.FAILED
    ClusteringRun.objects.filter(owner=run.owner, state=failed).delete()
    run.pk, run.state, run.finished_at, run.error = None, failed, timezone.now(), type(error).__name__
    run.save(force_insert=True)


def _plan(owner_id: int, embedder: str) -> tuple[Plan, NeighbourLists | None]:
    faces = owner_faces(owner_id, embedder=embedder)
    neighbours = neighbours_update(owner_id, faces)
    return groups_plan(owner_id, faces, neighbours), neighbours


def groups_plan(owner_id: int, faces: OwnerFaces, neighbours: NeighbourLists | None = None) -> Plan:
    """Group these faces of an owner, and say which of them must move; changes nothing."""
    grouping = group_faces(
        faces.vectors,
        photos=faces.photos,
        known=faces.known,
        refused=faces.refused,
        repeats=faces.repeats,
        strong=faces.strong,
        clarity=faces.clarity,
        taken=faces.taken,
        rule=profile_of(faces.embedder).join_rule,
        near=None if neighbours is None else (neighbours.indices, neighbours.similarities),
    )
    people = Person.objects.filter(owner_id=owner_id)
    names = dict(people.named().values_list("pk", "name"))
    hidden = people.filter(hidden=True).values_list("pk", flat=True)
    return plan_build(faces, grouping, names=names, decided={*names, *hidden})


def groups_apply(owner: User, plan: Plan) -> None:
    """Apply the plan within a change: create the new people, move the faces, delete people without faces."""
    made = Person.objects.bulk_create([Person(owner=owner) for _ in range(plan.made)])
    places = {
        face_id: made[-target - 1].pk if target is not None and target < 0 else target
        for face_id, target in plan.moves.items()
    }
    change_widen(faces=places)
    faces_move(places)
    people_reconcile(owner_id=owner.pk, people=None)
    # Hiding a person is a decision, like naming; so are rejections and the people of smart albums.
    forgotten = list(
        Person.objects.filter(
            owner=owner,
            name="",
            hidden=False,
            birth_date__isnull=True,
            faces__isnull=True,
            verdicts__isnull=True,
            person_albums__isnull=True,
        ).values_list("pk", flat=True)
    )
    change_widen(people=forgotten)
    Person.objects.filter(pk__in=forgotten).delete()


def _summary(plan: Plan) -> Message:
    return message(
        "Sorted %(faces)s: %(new)s",
        faces=message_plural("%(count)s face", "%(count)s faces", plan.faces),
        moved=message_plural("%(count)s moved", "%(count)s moved", len(plan.moves)),
        new=message_plural("%(count)s new person", "%(count)s new people", plan.made),
    )
