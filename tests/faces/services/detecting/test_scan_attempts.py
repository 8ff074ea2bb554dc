"""Attempts are counted before the work; what goes wrong leaves no half of it."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User

from albums.leases import MOST_ATTEMPTS
from faces import runtime
from faces.models import Face
from faces.services.detecting.scans import (
    SCANNING,
    scans_claim,
    scans_fail,
    scans_open,
)
from faces.vision.errors import ModelMissing
from tests.faces.coloured import ColourDetector, photo
from tests.faces.services.detecting.scanning import DONE, FAILED, PENDING, look_at, scan_of


def test_an_attempt_is_on_record_before_the_work(ada: User) -> None:
    image = photo(ada)
    scans_open([image.pk])
    assert scans_claim([image.pk]) == [image.pk]
    assert scan_of(image).attempts == 1
    assert scan_of(image).state == PENDING


def test_a_scan_that_takes_its_worker_down_ends_as_crashed_after_three(ada: User) -> None:
    image, neighbour = photo(ada), photo(ada)
    scans_open([image.pk, neighbour.pk])
    for _ in range(MOST_ATTEMPTS):
        assert scans_claim([image.pk]) == [image.pk]
    assert scans_claim([image.pk, neighbour.pk]) == [neighbour.pk]
    scan = scan_of(image)
    assert MOST_ATTEMPTS == 3
    assert (scan.state, scan.reason) == (FAILED, "crashed")
    assert "3 times" in scan.detail
    assert scans_claim([image.pk]) == []


def test_an_attempt_that_ended_by_an_error_of_ours_is_taken_back(ada: User) -> None:
    image = photo(ada)
    scans_open([image.pk])
    for _ in range(5):
        SCANNING.release(scans_claim([image.pk]))
    assert scan_of(image).attempts == 0
    assert scans_claim([image.pk]) == [image.pk]


def test_failing_leaves_alone_what_is_done_meanwhile(ada: User, detector: ColourDetector) -> None:
    done, open_ = photo(ada, red=(10, 10, 100)), photo(ada)
    look_at(done)
    scans_open([open_.pk])
    scans_fail([done.pk, open_.pk], reason="model_failed", detail="out of memory")
    assert scan_of(done).state == DONE
    assert (scan_of(open_).reason, scan_of(open_).detail) == ("model_failed", "out of memory")


def test_a_missing_model_is_an_error_that_says_the_command_and_leaves_no_faces(
    ada: User, settings: Any, tmp_path: Path
) -> None:
    settings.MODELS_DIR = tmp_path / "models"
    runtime.reset()
    image = photo(ada, red=(10, 10, 100))
    with pytest.raises(ModelMissing, match="bin/manage fetch_models retinaface_mobilenet"):
        look_at(image)
    assert scan_of(image).state == PENDING
    assert not Face.objects.exists()


def test_an_error_in_the_middle_of_a_batch_leaves_no_half_of_it(ada: User, detector: ColourDetector) -> None:
    images = [photo(ada, red=(10, 10, 100)) for _ in range(3)]

    def fail_on_the_second(_picture: object) -> None:
        if detector.looks == 2:
            raise OSError(5, "Input/output error")

    detector.before = fail_on_the_second
    with pytest.raises(OSError, match="Input/output"):
        look_at(*images)
    assert not Face.objects.exists()
    assert [scan_of(image).state for image in images] == [PENDING] * 3
    detector.before = None
    look_at(*images)
    assert Face.objects.count() == 3
