"""Scans: opened, claimed, run; faces that stay the same rows; what happens when something goes wrong."""

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.db import connection, connections
from django.utils import timezone
from PIL import Image as Pillow

from albums.models import Image
from faces import runtime
from faces.models import Face, FaceEmbedding, FaceScan, Person
from faces.services.carrying import match_boxes
from faces.services.detection import (
    MOST_ATTEMPTS,
    scans_claim,
    scans_fail,
    scans_open,
    scans_release,
    scans_run,
)
from faces.services.people import person_name
from faces.vision.errors import ModelMissing
from faces.vision.types import Box
from tests import drawing
from tests.faces import coloured
from tests.faces.coloured import ColourDetector, photo, seeded

PENDING, DONE, FAILED = FaceScan.State.PENDING, FaceScan.State.DONE, FaceScan.State.FAILED


def look_at(*images: Image) -> list[int]:
    """Open, claim and run."""
    return scans_run(scans_claim(scans_open([image.pk for image in images])))


def look_again(*images: Image) -> None:
    FaceScan.objects.filter(image__in=images).update(state=PENDING)
    look_at(*images)


def scan_of(image: Image) -> FaceScan:
    return FaceScan.objects.get(image=image)


def colours_of(image: Image) -> list[str]:
    """Who the faces of an image are, by their vectors."""
    names = []
    for embedding in FaceEmbedding.objects.filter(face__image=image).order_by("face_id"):
        vector = np.asarray(embedding.vector, dtype=np.float32)
        names.append(max(coloured.COLOURS, key=lambda name: float(vector @ seeded(name))))
    return sorted(names)


def test_the_faces_of_a_photo_become_rows(ada: User, detector: ColourDetector) -> None:
    image = photo(ada, red=(48, 32, 96), blue=(240, 160, 120))
    assert look_at(image) == [ada.pk]
    face = Face.objects.get(image=image, x__lt=0.2)
    assert (face.x, face.y, face.w, face.h) == pytest.approx((0.1, 0.1, 0.2, 0.3))
    assert face.landmarks[:2] == pytest.approx([0.1 + 0.3 * 0.2, 0.1 + 0.35 * 0.3], abs=1e-4)
    assert face.detector == "coloured"
    assert face.poor_reason == ""
    assert 0 < face.quality <= 1
    assert face.person is None
    assert colours_of(image) == ["blue", "red"]


def test_a_scan_says_what_it_was_made_with_and_when(ada: User, detector: ColourDetector) -> None:
    before = timezone.now()
    image = photo(ada, red=(10, 10, 100))
    look_at(image)
    scan = scan_of(image)
    assert (scan.state, scan.reason, scan.attempts) == (DONE, "", 0)
    assert (scan.detector, scan.embedder) == ("coloured", "facenet128")
    assert scan.started_at is not None
    assert scan.finished_at is not None
    assert before <= scan.started_at <= scan.finished_at


def test_the_crop_of_a_face_is_a_picture_in_the_storage(ada: User, detector: ColourDetector) -> None:
    image = photo(ada, red=(100, 80, 60))
    look_at(image)
    face = Face.objects.get()
    assert str(face.crop.name).startswith(f"faces/{ada.pk}/")
    with face.crop.open("rb") as crop:
        picture = Pillow.open(crop)
        assert (picture.format, picture.size) == ("JPEG", (102, 102))


def test_a_photo_without_faces_is_done_too(ada: User, detector: ColourDetector) -> None:
    image = photo(ada)
    look_at(image)
    assert scan_of(image).state == DONE
    assert not Face.objects.exists()


def test_a_photo_is_looked_at_once(ada: User, detector: ColourDetector) -> None:
    image = photo(ada, red=(10, 10, 100))
    look_at(image)
    (face,) = Face.objects.all()
    assert look_at(image) == []
    assert detector.looks == 1
    assert Face.objects.get() == face


def test_photos_that_are_not_read_are_not_looked_at(ada: User, detector: ColourDetector) -> None:
    unread, refused = photo(ada, red=(10, 10, 100)), photo(ada, red=(10, 10, 100))
    Image.objects.filter(pk=unread.pk).update(state=Image.State.STORED)
    Image.objects.filter(pk=refused.pk).update(state=Image.State.REFUSED)
    assert scans_open([unread.pk, refused.pk, 10**9]) == []
    assert not FaceScan.objects.exists()


def test_the_owners_of_all_photos_in_a_batch_are_named(
    ada: User, grace: User, detector: ColourDetector
) -> None:
    assert look_at(photo(ada), photo(grace, red=(1, 1, 90)), photo(ada)) == sorted([ada.pk, grace.pk])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<!doctype html><html><body>404</body></html>", "html_page"),
        (drawing.photo()[:400], "truncated"),
        (b"", "empty"),
        (b"\0" * 500, "not_an_image"),
    ],
    ids=["html", "truncated", "empty", "zeros"],
)
def test_a_picture_that_cannot_be_decoded_fails_with_its_reason_and_its_neighbours_are_done(
    ada: User, detector: ColourDetector, content: bytes, reason: str
) -> None:
    first, bad = photo(ada, red=(10, 10, 100)), coloured.stored(ada, content)
    last = photo(ada, blue=(10, 10, 100))
    look_at(first, bad, last)
    scan = scan_of(bad)
    assert (scan.state, scan.reason) == (FAILED, reason)
    assert scan.detail
    assert scan.finished_at is not None
    assert [scan_of(image).state for image in (first, last)] == [DONE, DONE]
    assert [colours_of(image) for image in (first, last)] == [["red"], ["blue"]]


def test_an_original_that_is_gone_fails_and_takes_no_neighbour_down(
    ada: User, detector: ColourDetector
) -> None:
    gone, there = photo(ada, red=(10, 10, 100)), photo(ada, blue=(10, 10, 100))
    gone.original.storage.delete(str(gone.original.name))
    look_at(gone, there)
    assert (scan_of(gone).state, scan_of(gone).reason) == (FAILED, "missing")
    assert scan_of(there).state == DONE


def test_a_face_found_again_keeps_its_row_its_person_and_has_one_embedding(
    ada: User, detector: ColourDetector
) -> None:
    image = photo(ada, red=(48, 32, 96), blue=(240, 160, 120))
    look_at(image)
    person = Person.objects.create(owner=ada)
    before = {face.pk: (face.x, str(face.crop.name)) for face in Face.objects.all()}
    Face.objects.update(person=person)
    # A detector that draws its boxes a little otherwise.
    coloured.rewritten(image, red=(54, 38, 96), blue=(250, 170, 110))
    look_again(image)
    after = {face.pk: face for face in Face.objects.all()}
    assert set(after) == set(before)
    for pk, face in after.items():
        assert face.person == person
        assert face.x != before[pk][0]
        assert str(face.crop.name) != before[pk][1]
    assert FaceEmbedding.objects.count() == 2


def test_the_old_crop_goes_when_the_new_one_is_certain(
    ada: User, detector: ColourDetector, django_capture_on_commit_callbacks: Any
) -> None:
    image = photo(ada, red=(48, 32, 96))
    look_at(image)
    face = Face.objects.get()
    storage, old = face.crop.storage, str(face.crop.name)
    with django_capture_on_commit_callbacks(execute=True):
        look_again(image)
        assert storage.exists(old)
    face.refresh_from_db()
    assert not storage.exists(old)
    assert storage.exists(str(face.crop.name))


def test_a_face_that_is_not_found_again_goes_with_its_crop(
    ada: User, detector: ColourDetector, django_capture_on_commit_callbacks: Any
) -> None:
    image = photo(ada, red=(48, 32, 96), blue=(240, 160, 120))
    look_at(image)
    gone = Face.objects.get(x__lt=0.2)
    stays = Face.objects.get(x__gt=0.2)
    detector.blind = {"red"}
    with django_capture_on_commit_callbacks(execute=True):
        look_again(image)
    assert list(Face.objects.all()) == [stays]
    assert not gone.crop.storage.exists(str(gone.crop.name))


def test_a_named_persons_cover_survives_when_the_new_detector_misses_it(
    ada: User, detector: ColourDetector, django_capture_on_commit_callbacks: Any
) -> None:
    image = photo(ada, red=(48, 32, 96), blue=(240, 160, 120))
    look_at(image)
    red, blue = Face.objects.order_by("x")
    person = Person.objects.create(owner=ada)
    nobody = Person.objects.create(owner=ada)
    red.person, blue.person = person, nobody
    Face.objects.bulk_update([red, blue], ["person"])
    person = person_name(person=person, name="Ruby", by=ada)
    assert person.cover == red
    detector.blind = {"red", "blue"}
    with django_capture_on_commit_callbacks(execute=True):
        look_again(image)
    assert list(Face.objects.all()) == [red], "what nobody named is the machine's to forget"
    person.refresh_from_db()
    assert (person.name, person.cover) == ("Ruby", red)
    assert red.crop.storage.exists(str(red.crop.name))


def test_boxes_are_matched_by_the_greatest_overlap_each_once() -> None:
    old = [Box(0, 0, 10, 10), Box(2, 0, 10, 10)]
    assert match_boxes(old, [Box(2, 0, 10, 10), Box(0, 0, 10, 10)]) == {0: 1, 1: 0}
    assert match_boxes(old, [Box(1, 0, 10, 10), Box(0, 0, 10, 10)]) == {1: 0, 0: 1}
    assert match_boxes(old, [Box(100, 100, 10, 10)]) == {}
    assert match_boxes([], old) == {}
    assert match_boxes(old, []) == {}


def test_matching_never_uses_a_box_twice_and_never_below_half() -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        old, new = (
            [Box(*rng.uniform(0, 12, 2).tolist(), *rng.uniform(5, 10, 2).tolist()) for _ in range(count)]
            for count in rng.integers(0, 8, 2)
        )
        matched = match_boxes(old, new)
        assert len(set(matched.values())) == len(matched)
        assert all(old[there].iou(new[here]) >= 0.5 for here, there in matched.items())


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
        scans_release(scans_claim([image.pk]))
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


def in_threads(*jobs: Callable[[], object]) -> list[object]:
    """Run all at once, each with a database connection of its own; returns what they raised."""
    errors: list[object] = []

    def run(job: Callable[[], object]) -> None:
        try:
            job()
        except Exception as error:  # noqa: BLE001  (handed to the test)
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return errors


def scanning(image_ids: Sequence[int]) -> Callable[[], object]:
    return lambda: scans_run(scans_claim(scans_open(image_ids)))


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_give_each_photo_its_faces_once(ada: User, detector: ColourDetector) -> None:
    images = [photo(ada, red=(10, 10, 100), blue=(200, 100, 90)) for _ in range(6)]
    ids = [image.pk for image in images]
    detector.before = lambda _picture: time.sleep(0.02)
    # Overlapping batches in opposite orders, as after a message that was delivered twice.
    errors = in_threads(scanning(ids[:4]), scanning(ids[::-1]), scanning(ids[2:]), scanning(ids))
    assert errors == []
    look_at(*images)
    assert [colours_of(image) for image in images] == [["blue", "red"]] * 6
    assert [scan_of(image).state for image in images] == [DONE] * 6
    assert detector.looks == 6, "no photo was looked at twice"


@pytest.mark.django_db(transaction=True)
def test_what_another_worker_holds_is_passed_by_and_costs_no_attempt(
    ada: User, detector: ColourDetector
) -> None:
    image, other = photo(ada, red=(10, 10, 100)), photo(ada, blue=(10, 10, 100))
    begun, go_on = threading.Event(), threading.Event()

    def wait(_picture: object) -> None:
        begun.set()
        assert go_on.wait(30)

    detector.before = wait
    holder = threading.Thread(target=in_threads, args=(scanning([image.pk]),))
    holder.start()
    try:
        assert begun.wait(30)
        assert scans_claim(scans_open([image.pk, other.pk])) == [other.pk]
        assert scan_of(image).attempts == 1
    finally:
        go_on.set()
        holder.join(30)
    assert scan_of(image).state == DONE


@pytest.mark.django_db(transaction=True)
def test_a_photo_deleted_while_it_is_looked_at_is_a_normal_end(ada: User, detector: ColourDetector) -> None:
    image, other = photo(ada, red=(10, 10, 100)), photo(ada, blue=(10, 10, 100))
    ids = scans_open([image.pk, other.pk])
    claimed = scans_claim(ids)
    Image.objects.get(pk=image.pk).delete()
    scans_run(claimed)
    assert scan_of(other).state == DONE
    assert Face.objects.count() == 1
    assert not connection.in_atomic_block
