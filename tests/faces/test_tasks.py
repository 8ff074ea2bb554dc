"""faces.tasks: what is asked of the workers, and what they do when something goes wrong."""

import contextlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from celery.exceptions import Retry, SoftTimeLimitExceeded
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import OperationalError
from django.utils import timezone

from albums.models import Image
from faces import runtime, tasks
from faces.models import ClusteringRun, Face, FaceScan, Person
from faces.services.detection import scans_open
from faces.vision.errors import ModelFailed, ModelMissing
from tests.faces.coloured import ColourDetector, face, photo, rows

PENDING, DONE, FAILED = FaceScan.State.PENDING, FaceScan.State.DONE, FaceScan.State.FAILED


class Killed(BaseException):
    """As good as a kill: nothing after it is run."""


@pytest.fixture(autouse=True)
def own_cache(settings: Any) -> None:
    """Processes of one run share the broker, and with it the cache."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[list[int]]:
    """The chunks that were asked of the workers."""
    chunks: list[list[int]] = []
    monkeypatch.setattr(tasks.scan_images, "delay", lambda ids: chunks.append(list(ids)))
    return chunks


@pytest.fixture(autouse=True)
def groupings(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, float]]:
    """The groupings that were asked for: owner and delay."""
    asked: list[tuple[int, float]] = []

    def note(*, args: tuple[int], countdown: float) -> None:
        asked.append((args[0], countdown))

    monkeypatch.setattr(tasks.cluster_owner, "apply_async", note)
    return asked


def states(images: list[Image]) -> list[str]:
    by_image = dict(FaceScan.objects.values_list("image_id", "state"))
    return [by_image[image.pk] for image in images]


def ids(images: list[Image]) -> list[int]:
    return [image.pk for image in images]


def opened(owner: User, count: int) -> list[Image]:
    images = [photo(owner, red=(10, 10, 80)) for _ in range(count)]
    scans_open(ids(images))
    return images


def raising(detector: ColourDetector, error: BaseException) -> None:
    def fail(_picture: object) -> None:
        raise error

    detector.before = fail


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
    assert groupings == [(ada.pk, 7.0)], "asked for once"


def test_scanning_again_does_nothing(ada: User, detector: ColourDetector) -> None:
    images = opened(ada, 2)
    tasks.scan_images(ids(images))
    tasks.scan_images(ids(images))
    assert detector.looks == 2
    assert Face.objects.count() == 2


def test_images_that_are_gone_are_a_normal_end(ada: User, detector: ColourDetector) -> None:
    tasks.scan_images([10**9])
    assert detector.looks == 0


def test_scans_are_asked_for_in_chunks_and_what_was_begun_before_goes_alone(
    ada: User, sent: list[list[int]]
) -> None:
    images = rows(ada, 11)
    tasks.enqueue_scans(ids(images[:3]))
    FaceScan.objects.filter(image=images[1]).update(attempts=1)
    sent.clear()
    tasks.enqueue_scans(ids(images))
    everyone = ids(images)
    rest = everyone[:1] + everyone[2:]
    assert sent == [rest[:8], rest[8:], everyone[1:2]]
    assert FaceScan.objects.pending().count() == 11


def test_what_is_done_failed_or_not_read_is_not_asked_for(ada: User, sent: list[list[int]]) -> None:
    images = rows(ada, 4)
    FaceScan.objects.create(image=images[0], state=DONE)
    FaceScan.objects.create(image=images[1], state=FAILED)
    Image.objects.filter(pk=images[2].pk).update(state=Image.State.STORED)
    tasks.enqueue_scans(ids(images))
    assert sent == [[images[3].pk]]


def test_a_killed_scan_ends_as_crashed_after_three(ada: User, detector: ColourDetector) -> None:
    (image,) = opened(ada, 1)
    raising(detector, Killed())
    for attempt in range(1, 4):
        with pytest.raises(Killed):
            tasks.scan_images([image.pk])
        assert FaceScan.objects.get().attempts == attempt
    tasks.scan_images([image.pk])
    scan = FaceScan.objects.get()
    assert (scan.state, scan.reason) == (FAILED, "crashed")
    assert detector.looks == 3, "no fourth time"


def test_what_comes_back_from_a_killed_worker_goes_one_by_one(
    ada: User, detector: ColourDetector, sent: list[list[int]]
) -> None:
    images = opened(ada, 3)
    raising(detector, Killed())
    with pytest.raises(Killed):
        tasks.scan_images(ids(images[:2]))
    detector.before = None
    tasks.scan_images(ids(images))  # as the broker hands it out again, with one that was not begun
    assert sent == [[pk] for pk in ids(images[:2])]
    assert states(images) == [PENDING, PENDING, DONE]
    assert set(FaceScan.objects.pending().values_list("attempts", flat=True)) == {1}, "no neighbour pays"


def test_a_missing_model_fails_the_scans_and_says_the_command(
    ada: User, settings: Any, tmp_path: Path
) -> None:
    settings.MODELS_DIR = tmp_path / "models"
    runtime.reset()
    images = opened(ada, 2)
    with pytest.raises(ModelMissing):
        tasks.scan_images(ids(images))
    assert states(images) == [FAILED, FAILED]
    for scan in FaceScan.objects.all():
        assert scan.reason == "model_missing"
        assert "bin/manage fetch_models retinaface_mobilenet" in scan.detail
        assert scan.finished_at is not None


def test_a_model_that_fails_on_a_photo_says_so(ada: User, detector: ColourDetector) -> None:
    (image,) = opened(ada, 1)
    raising(detector, ModelFailed("out of memory"))
    with pytest.raises(ModelFailed):
        tasks.scan_images([image.pk])
    scan = FaceScan.objects.get()
    assert (scan.state, scan.reason, scan.detail) == (FAILED, "model_failed", "out of memory")


def test_when_a_model_fails_on_one_of_several_photos_each_goes_alone(
    ada: User, detector: ColourDetector, sent: list[list[int]]
) -> None:
    images = opened(ada, 3)

    def fail_on_the_second(_picture: object) -> None:
        if detector.looks == 2:
            raise ModelFailed("out of memory")

    detector.before = fail_on_the_second
    tasks.scan_images(ids(images))
    assert states(images) == [PENDING] * 3
    assert sent == [[pk] for pk in ids(images)]
    detector.looks = 0
    for chunk in sent:
        with contextlib.suppress(ModelFailed):
            tasks.scan_images(chunk)
    assert states(images) == [DONE, FAILED, DONE]


@pytest.mark.django_db(transaction=True)  # the connection is closed on the way
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), OperationalError("gone")])
def test_an_error_of_storage_or_database_is_tried_again_later(
    ada: User, detector: ColourDetector, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    images = opened(ada, 2)
    raising(detector, error)
    asked: list[tuple[Exception, float]] = []

    def retry(*, exc: Exception, countdown: float) -> Retry:
        asked.append((exc, countdown))
        return Retry()

    monkeypatch.setattr(tasks.scan_images, "retry", retry)
    with pytest.raises(Retry):
        tasks.scan_images(ids(images))
    assert asked == [(error, tasks.RETRY_SECONDS)]
    assert states(images) == [PENDING, PENDING]
    assert set(FaceScan.objects.values_list("attempts", flat=True)) == {0}, "the photos did no harm"


@pytest.mark.django_db(transaction=True)  # the connection is closed on the way
def test_a_photo_that_takes_too_long_alone_fails(
    ada: User, detector: ColourDetector, sent: list[list[int]]
) -> None:
    (image,) = opened(ada, 1)
    raising(detector, SoftTimeLimitExceeded())
    tasks.scan_images([image.pk])
    scan = FaceScan.objects.get()
    assert (scan.state, scan.reason) == (FAILED, "took_too_long")
    assert sent == []


@pytest.mark.django_db(transaction=True)  # the connection is closed on the way
def test_when_a_chunk_takes_too_long_each_photo_goes_alone(
    ada: User, detector: ColourDetector, sent: list[list[int]]
) -> None:
    images = opened(ada, 3)
    raising(detector, SoftTimeLimitExceeded())
    tasks.scan_images(ids(images))
    assert sent == [[pk] for pk in ids(images)]
    assert states(images) == [PENDING] * 3


def test_a_stale_owner_is_grouped(
    ada: User, detector: ColourDetector, groupings: list[tuple[int, float]]
) -> None:
    tasks.scan_images(ids(opened(ada, 3)))
    tasks.cluster_owner(ada.pk)
    assert Person.objects.get().faces.count() == 3
    assert len(groupings) == 1, "nothing is left to ask for"


def test_grouping_may_be_asked_for_again_once_it_has_begun(
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
    done, waiting = rows(ada, 2)
    face(done)
    ClusteringRun.objects.create(
        owner=ada, state="done", embedder="facenet128", finished_at=timezone.now() - timedelta(seconds=5)
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
    FaceScan.objects.create(image=rows(ada, 1)[0], state=DONE, finished_at=timezone.now())
    monkeypatch.setattr(tasks, "owner_recluster", lambda _owner: None)
    tasks.cluster_owner(ada.pk)
    assert groupings == [(ada.pk, 1)]


def test_only_what_nobody_seems_to_do_is_asked_for_again(ada: User, sent: list[list[int]]) -> None:
    long_ago = timezone.now() - timedelta(hours=1)
    fresh, lost, unseen, new, done = images = rows(ada, 5)
    for image in (fresh, lost):
        FaceScan.objects.create(image=image)
    FaceScan.objects.create(image=done, state=DONE)
    FaceScan.objects.filter(image__in=[lost, done]).update(queued_at=long_ago)
    Image.objects.filter(pk=unseen.pk).update(added_at=long_ago)
    assert tasks.resume_scanning() == 2
    assert sent == [ids([lost, unseen])]
    assert tasks.resume_scanning() == 0, "asked for a moment ago"
    sent.clear()
    assert tasks.resume_scanning(everything=True) == 4
    assert sent == [ids([fresh, lost, unseen, new])]
    assert len(images) == 5


def test_resuming_groups_owners_whose_grouping_was_lost(
    ada: User, groupings: list[tuple[int, float]], sent: list[list[int]]
) -> None:
    FaceScan.objects.create(image=rows(ada, 1)[0], state=FAILED, finished_at=timezone.now())
    assert tasks.resume_scanning() == 0
    assert [owner for owner, _ in groupings] == [ada.pk]


def test_a_new_worker_takes_up_everything_at_once(
    ada: User, groupings: list[tuple[int, float]], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, bool]] = []
    monkeypatch.setattr(tasks.resume_scanning, "delay", lambda **options: asked.append(options))
    tasks.enqueue_clustering(ada.pk)
    tasks.resume_when_a_worker_starts()
    tasks.enqueue_clustering(ada.pk)
    assert asked == [{"everything": True}]
    assert len(groupings) == 2, "what an earlier worker was asked for may be lost"


def test_what_failed_for_want_of_a_model_is_taken_up_when_a_worker_starts(ada: User) -> None:
    missing, bad = photo(ada, red=(10, 10, 100)), photo(ada, blue=(10, 10, 100))
    FaceScan.objects.create(image=missing, state="failed", reason="model_missing", attempts=1)
    FaceScan.objects.create(image=bad, state="failed", reason="truncated")
    tasks.resume_scanning()
    assert FaceScan.objects.get(image=missing).state == "failed", "nothing has changed since"
    tasks.resume_scanning(everything=True)
    assert (FaceScan.objects.get(image=missing).state, FaceScan.objects.get(image=missing).reason) == (
        "pending",
        "",
    )
    assert FaceScan.objects.get(image=bad).state == "failed"
