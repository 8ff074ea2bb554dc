"""faces.tasks.cluster_owner: people are grouped soon, once, and again when there is reason to."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from faces import tasks
from faces.models import ClusteringRun, Face, FaceScan, Person
from tests.faces.coloured import ColourDetector, face
from tests.faces.tasks.scan_photos import DONE, ids, opened, states
from tests.rows import MODEL, image_row, image_rows


def test_faces_are_found_and_people_are_grouped_soon(
    ada: User, detector: ColourDetector, groupings: list[tuple[int, float]]
) -> None:
    images = opened(ada, 3)
    tasks.scan_images(ids(images))
    assert states(images) == [DONE] * 3
    assert Face.objects.count() == 3
    assert groupings == [(ada.pk, 0.5)]


def test_while_photos_keep_coming_the_grouping_waits(
    ada: User, detector: ColourDetector, groupings: list[tuple[int, float]], settings: Any
) -> None:
    settings.CLUSTER_DELAY = 7.0
    images = opened(ada, 3)
    tasks.scan_images(ids(images)[:1])
    tasks.scan_images(ids(images)[1:2])
    assert groupings == [(ada.pk, 7.0)], "enqueued once"


def test_a_stale_owner_is_grouped(
    ada: User, detector: ColourDetector, groupings: list[tuple[int, float]]
) -> None:
    tasks.scan_images(ids(opened(ada, 3)))
    tasks.cluster_owner(ada.pk)
    assert Person.objects.get().faces.count() == 3
    assert len(groupings) == 1, "nothing is left to ask for"


def test_grouping_may_be_enqueued_again_once_it_has_begun(
    ada: User, groupings: list[tuple[int, float]]
) -> None:
    for _ in range(3):
        tasks.enqueue_clustering(ada.pk)
    assert len(groupings) == 1
    tasks.cluster_owner(ada.pk)
    tasks.enqueue_clustering(ada.pk)
    assert len(groupings) == 2


def test_an_owner_who_is_gone_or_fresh_is_not_grouped(ada: User) -> None:
    tasks.cluster_owner(10**9)
    tasks.cluster_owner(ada.pk)
    assert not ClusteringRun.objects.exists()


def test_a_grouping_of_a_moment_ago_is_not_repeated_while_photos_keep_coming(
    ada: User, groupings: list[tuple[int, float]], settings: Any
) -> None:
    done, waiting = image_rows(ada, 2)
    face(done)
    ClusteringRun.objects.create(
        owner=ada, state="done", embedder=MODEL, finished_at=timezone.now() - timedelta(seconds=5)
    )
    FaceScan.objects.create(image=done, state=DONE, finished_at=timezone.now())
    scan = FaceScan.objects.create(image=waiting)
    tasks.cluster_owner(ada.pk)
    assert ClusteringRun.objects.count() == 1
    assert groupings == [(ada.pk, settings.CLUSTER_DELAY)]
    ClusteringRun.objects.update(finished_at=timezone.now() - timedelta(minutes=5))
    tasks.cluster_owner(ada.pk)
    assert ClusteringRun.objects.count() == 2, "people appear during a long import"
    scan.state, scan.finished_at = DONE, timezone.now()
    scan.save()
    tasks.cluster_owner(ada.pk)
    assert ClusteringRun.objects.count() == 3, "and at its end, at once"


def test_a_grouping_that_meets_another_comes_back(
    ada: User, groupings: list[tuple[int, float]], monkeypatch: pytest.MonkeyPatch
) -> None:
    FaceScan.objects.create(image=image_row(ada), state=DONE, finished_at=timezone.now())
    monkeypatch.setattr(tasks, "owner_recluster", lambda _owner: None)
    tasks.cluster_owner(ada.pk)
    assert groupings == [(ada.pk, 1)]


def test_answers_in_a_row_are_one_grouping_that_needs_no_new_photo(
    ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    queued: list[int] = []
    monkeypatch.setattr(tasks.cluster_anew, "apply_async", lambda args, **_options: queued.append(args[0]))
    tasks.enqueue_regrouping(ada.pk)
    tasks.enqueue_regrouping(ada.pk)
    assert queued == [ada.pk]
    tasks.cluster_anew(ada.pk)
    assert ClusteringRun.objects.filter(owner=ada).count() == 1
    tasks.enqueue_regrouping(ada.pk)
    assert queued == [ada.pk, ada.pk]
