"""Scans: opened, claimed, run; the faces of photos become rows."""

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from PIL import Image as Pillow

from albums.models import Image
from faces.models import Face, FaceScan
from faces.services.detecting.scans import (
    scans_open,
)
from tests import drawing
from tests.faces import coloured
from tests.faces.coloured import ColourDetector, photo
from tests.faces.services.detecting.scanning import DONE, FAILED, colours_of, look_at, scan_of


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
    assert (scan.detector, scan.embedder) == ("coloured", "facenet_sface256")
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
