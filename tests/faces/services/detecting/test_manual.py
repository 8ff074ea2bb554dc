"""Drawn faces: detected or stored as drawn; each can be undone."""

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from django.contrib.auth.models import User

from faces import exceptions, runtime
from faces.models import Change, Face, FaceEmbedding, FaceRecognition, FaceScan, Person, Verdict
from faces.services.core.consent import RecognitionOff
from faces.services.detecting.manual import face_draw
from faces.services.detecting.scans import scans_claim, scans_open, scans_run
from faces.services.history.history import change_undo, change_undoable
from faces.services.people.edits import faces_dismiss
from faces.vision.types import Box
from tests.faces import coloured
from tests.faces.coloured import HEIGHT, WIDTH, ColourDetector, photo, seeded


def around(left: int, top: int, side: int) -> Box:
    """A box drawn with some room round a square of the photo."""
    room = side * 0.1
    return Box(left - room, top - room, side + 2 * room, side + 2 * room).scaled(1 / WIDTH, 1 / HEIGHT)


def undo(owner: User) -> None:
    newest = change_undoable(owner)
    assert newest is not None
    change_undo(change=newest, by=owner)


def test_a_drawn_face_is_cut_out_and_embedded_like_any_other(ada: User, detector: ColourDetector) -> None:
    image = photo(ada, red=(100, 50, 120))
    drawn = face_draw(image=image, box=around(100, 50, 120), by=ada)
    face = Face.objects.get(pk=drawn.face.pk)
    assert drawn.found
    assert (face.drawn, face.dismissed, face.detector) == (True, False, "coloured")
    assert Box(face.x, face.y, face.w, face.h).iou(Box(100 / 480, 50 / 320, 120 / 480, 120 / 320)) > 0.9
    assert len(face.landmarks) == 10
    assert face.quality > 0.3
    assert face.crop.storage.exists(str(face.crop.name))
    embedding = FaceEmbedding.objects.get(face=face)
    assert embedding.model == "facenet_sface256"
    assert embedding.box == [face.x, face.y, face.w, face.h]
    assert float(np.asarray(embedding.vector) @ seeded("red")) > 0.9


def test_with_a_name_it_is_that_person_from_then_on(ada: User, detector: ColourDetector) -> None:
    image = photo(ada, red=(100, 50, 120))
    anna = Person.objects.create(owner=ada, name="Anna")
    face = face_draw(image=image, box=around(100, 50, 120), by=ada, name=" anna ").face
    assert face.person == anna
    assert Verdict.objects.get(face=face).kind == Verdict.Kind.IS
    (change,) = Change.objects.all()
    assert (change.kind, change.summary) == (Change.Kind.DRAW, "Added a face: Anna")


def test_without_a_name_it_goes_to_the_person_whom_it_clearly_shows(
    ada: User, detector: ColourDetector
) -> None:
    red = Person.objects.create(owner=ada, name="Red")
    for _ in range(3):
        coloured.face(photo(ada), "red", person=red)
    face = face_draw(image=photo(ada, red=(100, 50, 120)), box=around(100, 50, 120), by=ada).face
    assert face.person == red
    assert not Verdict.objects.filter(face=face).exists()


def test_a_drawn_face_that_no_detector_finds_stays_as_drawn_and_unassigned(
    ada: User, detector: ColourDetector
) -> None:
    detector.blind = {"red"}
    box = around(100, 50, 120)
    drawn = face_draw(image=photo(ada, red=(100, 50, 120)), box=box, by=ada)
    assert not drawn.found
    assert Box(drawn.face.x, drawn.face.y, drawn.face.w, drawn.face.h).iou(box) > 0.99
    assert (drawn.face.score, drawn.face.detector, drawn.face.poor_reason) == (0, "drawn", "unsure")
    assert drawn.face.person is None


def test_undoing_takes_the_face_its_vector_and_a_new_person_away(ada: User, detector: ColourDetector) -> None:
    image = photo(ada, red=(100, 50, 120))
    face_draw(image=image, box=around(100, 50, 120), by=ada, name="Anna")
    assert Change.objects.count() == 1
    undo(ada)
    assert not Face.objects.exists()
    assert not FaceEmbedding.objects.exists()
    assert not Person.objects.exists()


def test_looking_for_faces_again_keeps_it_as_it_was_drawn(ada: User, detector: ColourDetector) -> None:
    image = photo(ada, red=(100, 50, 120), green=(300, 50, 120))
    detector.blind = {"red"}
    drawn = face_draw(image=image, box=around(100, 50, 120), by=ada, name="Anna").face
    scans_run(scans_claim(scans_open([image.pk])))
    assert set(Face.objects.values_list("drawn", flat=True)) == {True, False}
    # And when the detector has learnt to see it, it is not there twice.
    detector.blind = set()
    FaceScan.objects.update(state=FaceScan.State.PENDING)
    scans_run(scans_claim(scans_open([image.pk])))
    assert Face.objects.count() == 2
    again = Face.objects.get(pk=drawn.pk)
    assert (again.x, again.w, again.person) == (drawn.x, drawn.w, drawn.person)


def test_a_face_that_has_a_box_already_is_not_added_once_more(ada: User, detector: ColourDetector) -> None:
    image = photo(ada, red=(100, 50, 120))
    first = face_draw(image=image, box=around(100, 50, 120), by=ada).face
    with pytest.raises(exceptions.FaceThereAlready) as caught:
        face_draw(image=image, box=around(90, 40, 140), by=ada)
    assert caught.value.face_id == first.pk
    assert Face.objects.count() == 1


def test_drawing_a_dismissed_face_undoes_its_dismissal(ada: User, detector: ColourDetector) -> None:
    image = photo(ada, red=(100, 50, 120))
    face = face_draw(image=image, box=around(100, 50, 120), by=ada).face
    faces_dismiss(faces=[face], by=ada)
    again = face_draw(image=image, box=around(100, 50, 120), by=ada, name="Anna").face
    assert again.pk == face.pk
    assert not again.dismissed
    undo(ada)
    assert Face.objects.get(pk=face.pk).dismissed


@pytest.mark.parametrize("box", [Box(0.5, 0.5, 0.001, 0.2), Box(0.5, 0.5, 0.2, 0.0), Box(1.0, 0.2, 0.3, 0.3)])
def test_a_box_without_pixels_is_refused(ada: User, detector: ColourDetector, box: Box) -> None:
    with pytest.raises(exceptions.NotAFaceBox):
        face_draw(image=photo(ada, red=(100, 50, 120)), box=box, by=ada)
    assert detector.looks == 0


def test_a_box_over_the_edge_ends_there(ada: User, detector: ColourDetector) -> None:
    detector.blind = {"red"}
    face = face_draw(image=photo(ada, red=(0, 0, 120)), box=Box(-0.1, -0.1, 0.4, 0.4), by=ada).face
    assert (face.x, face.y) == (0, 0)
    assert face.w == pytest.approx(0.3)


def test_the_photo_of_somebody_else_is_not_there(ada: User, grace: User, detector: ColourDetector) -> None:
    with pytest.raises(exceptions.NotThere):
        face_draw(image=photo(grace, red=(100, 50, 120)), box=around(100, 50, 120), by=ada)
    assert not Face.objects.exists()


def test_nothing_is_drawn_while_face_recognition_is_off(ada: User, detector: ColourDetector) -> None:
    FaceRecognition.objects.create(owner=ada, enabled=False)
    with pytest.raises(RecognitionOff):
        face_draw(image=photo(ada, red=(100, 50, 120)), box=around(100, 50, 120), by=ada)


def test_an_invalid_name_changes_nothing(ada: User, detector: ColourDetector) -> None:
    image = photo(ada, red=(100, 50, 120))
    with pytest.raises(exceptions.NameRefused):
        face_draw(image=image, box=around(100, 50, 120), by=ada, name="x" * 201)
    assert not Face.objects.exists()
    assert not Change.objects.exists()


def test_a_photo_whose_file_is_gone_says_so(ada: User, detector: ColourDetector) -> None:
    image = photo(ada, red=(100, 50, 120))
    image.original.storage.delete(str(image.original.name))
    with pytest.raises(exceptions.PhotoGone, match="no longer on the server"):
        face_draw(image=image, box=around(100, 50, 120), by=ada)


@pytest.mark.data
def test_on_a_real_picture_a_rough_box_becomes_the_exact_one_and_knows_its_person(
    ada: User, install: Callable[..., Path], lfw: Path, settings: object
) -> None:
    with (lfw / "pairs.csv").open() as file:
        row = next(one for one in csv.DictReader(file) if one["same"] in {"1", "True", "true"})
    settings.MODELS_DIR = install()  # type: ignore[attr-defined]
    runtime.reset()
    one, other = (
        coloured.stored(ada, (lfw / row[name]).read_bytes(), size=(250, 250)) for name in ("file1", "file2")
    )
    first = face_draw(image=one, box=Box(0.15, 0.1, 0.7, 0.75), by=ada, name="Somebody")
    assert first.found
    # The labelled face is in the middle of these pictures.
    assert Box(first.face.x, first.face.y, first.face.w, first.face.h).iou(Box(0.3, 0.25, 0.4, 0.5)) > 0.5
    second = face_draw(image=other, box=Box(0.2, 0.15, 0.6, 0.65), by=ada)
    assert second.found
    vectors = [np.asarray(row.vector) for row in FaceEmbedding.objects.order_by("pk")]
    assert float(vectors[0] @ vectors[1]) > 0.5
    runtime.reset()
