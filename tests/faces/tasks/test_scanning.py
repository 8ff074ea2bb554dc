"""faces.tasks.scan_images: enqueued chunks, and failures."""

import contextlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from celery.exceptions import Retry, SoftTimeLimitExceeded
from django.contrib.auth.models import User
from django.db import OperationalError
from django.utils import timezone

from albums.models import Image
from faces import runtime, tasks
from faces.models import Face, FaceScan
from faces.vision.errors import ModelFailed, ModelMissing
from tests.faces.coloured import ColourDetector
from tests.faces.tasks.scan_photos import DONE, FAILED, PENDING, Killed, ids, opened, raising, states
from tests.rows import image_row, image_rows


def test_scanning_again_does_nothing(ada: User, detector: ColourDetector) -> None:
    images = opened(ada, 2)
    tasks.scan_images(ids(images))
    tasks.scan_images(ids(images))
    assert detector.looks == 2
    assert Face.objects.count() == 2


def test_images_that_are_gone_are_a_normal_end(ada: User, detector: ColourDetector) -> None:
    tasks.scan_images([10**9])
    assert detector.looks == 0


def test_scans_are_enqueued_in_chunks_and_repeated_attempts_go_alone(
    ada: User, sent: list[list[int]]
) -> None:
    images = image_rows(ada, 11)
    tasks.enqueue_scans(ids(images[:3]))
    FaceScan.objects.filter(image=images[1]).update(attempts=1)
    sent.clear()
    tasks.enqueue_scans(ids(images))
    everyone = ids(images)
    rest = everyone[:1] + everyone[2:]
    assert sent == [rest[:8], rest[8:], everyone[1:2]]
    assert FaceScan.objects.pending().count() == 11


def test_a_row_is_written_before_a_worker_hears_of_it(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker is quicker than the end of a transaction, and passes over a row that somebody writes."""
    image = image_row(ada)
    long_ago = timezone.now() - timedelta(hours=1)
    FaceScan.objects.create(image=image)
    FaceScan.objects.update(queued_at=long_ago)
    seen: list[bool] = []
    monkeypatch.setattr(
        tasks.scan_images, "delay", lambda _ids: seen.append(FaceScan.objects.get().queued_at > long_ago)
    )
    tasks.enqueue_scans([image.pk])
    assert seen == [True]


def test_finished_failed_and_unread_photos_are_not_enqueued(ada: User, sent: list[list[int]]) -> None:
    images = image_rows(ada, 4)
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
    retried: list[tuple[Exception, float]] = []

    def retry(*, exc: Exception, countdown: float) -> Retry:
        retried.append((exc, countdown))
        return Retry()

    monkeypatch.setattr(tasks.scan_images, "retry", retry)
    with pytest.raises(Retry):
        tasks.scan_images(ids(images))
    assert retried == [(error, tasks.RETRY_SECONDS)]
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
