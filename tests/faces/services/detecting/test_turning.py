"""A photo that its owner turns: renditions, boxes, crops and vectors turn with it, and nothing is lost."""

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial

import pytest
from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from PIL import Image as Pillow

from albums.exceptions import ImageRefused
from albums.imaging import decode
from albums.models import Image, Rendition
from albums.services.reading.renditions import renditions_recreate
from albums.services.reading.turning import image_set_turns
from faces.conf import face_settings
from faces.models import Change, Face, FaceEmbedding, FaceScan, Person, StagedScan, Verdict
from faces.services.core.pixels import photo_pixels
from faces.services.detecting.manual import face_draw
from faces.services.detecting.scans import scans_claim, scans_open, scans_run
from faces.services.detecting.stored_embeddings import faces_lacking
from faces.services.history.history import change_recorded, change_undo
from faces.services.people.edits import faces_assign
from faces.services.reindexing.apply import staged_apply
from faces.services.reindexing.staging import images_stage, images_unstaged
from faces.vision.types import Box
from tests.faces.coloured import COLOURS, ColourDetector, photo
from tests.faces.services.detecting.scanning import DONE, PENDING, colours_of, look_at, scan_of
from tests.rows import MODEL

Committed = Callable[..., AbstractContextManager[object]]


@pytest.fixture
def committed(django_capture_on_commit_callbacks: Committed) -> Committed:
    """Run what waits for the end of the transaction, such as the deletion of files."""
    return partial(django_capture_on_commit_callbacks, execute=True)


@pytest.fixture
def image(ada: User, detector: ColourDetector) -> Image:
    """A photo of 480 x 320 with a red and a blue face that were found; the red one is Anna."""
    image = photo(ada, red=(48, 32, 96), blue=(300, 180, 100))
    renditions_recreate(image=image)
    look_at(image)
    faces_assign(faces=[red(image)], person=Person.objects.create(owner=ada, name="Anna"), by=ada)
    image.refresh_from_db()
    return image


def red(image: Image) -> Face:
    (found,) = (face for face in Face.objects.filter(image=image) if colour_at(image, face) == "red")
    return found


def colour_at(image: Image, face: Face) -> str:
    """Return the colour in the photo, as it is shown, at the upper left of a face's box."""
    pixels = photo_pixels(Image.objects.get(pk=image.pk))
    height, width = pixels.shape[:2]
    at = pixels[int((face.y + 0.02 * face.h) * height), int((face.x + 0.02 * face.w) * width)]
    return min(COLOURS, key=lambda name: sum(abs(int(a) - b) for a, b in zip(at, COLOURS[name], strict=True)))


def box_of(face: Face) -> tuple[float, ...]:
    face.refresh_from_db()
    return face.x, face.y, face.w, face.h


def stored_vectors() -> dict[int, list[float]]:
    return {one.pk: list(one.vector) for one in FaceEmbedding.objects.all()}


def files(image: Image) -> list[str]:
    folders = (f"renditions/{image.owner_id}/{image.sha256[:2]}", f"faces/{image.owner_id}")
    names = default_storage.listdir(folders[0])[1]
    crops = [str(face.crop.name) for face in Face.objects.filter(image=image)]
    assert all(default_storage.exists(name) for name in crops)
    return sorted([*names, *crops])


def rendered(image: Image, kind: str = Rendition.Kind.PREVIEW) -> Pillow.Image:
    with image.renditions.get(kind=kind).file.open() as file, Pillow.open(file) as picture:
        return picture.convert("RGB")


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_turned_photo_is_shown_turned_with_its_faces(
    image: Image, turns: int, committed: Committed
) -> None:
    with image.original.open() as file:
        original = hashlib.sha256(file.read()).digest()
    face, former = red(image), files(image)
    vectors = stored_vectors()
    before = rendered(image)
    with committed():
        turned = image_set_turns(image=image, turns=turns)

    assert (turned.width, turned.height) == ((320, 480) if turns % 2 else (480, 320))
    ways = {1: Pillow.Transpose.ROTATE_270, 2: Pillow.Transpose.ROTATE_180, 3: Pillow.Transpose.ROTATE_90}
    shown = rendered(image)
    assert shown.size == (turned.width, turned.height)
    expected = before.transpose(ways[turns]).getpixel((40, 60))
    assert shown.getpixel((40, 60)) == pytest.approx(expected, abs=12)
    assert {one.width for one in image.renditions.all()} == {turned.width}

    face.refresh_from_db()
    assert colour_at(image, face) == "red"
    assert face.turns == turns
    assert face.x < face.landmarks[0] < face.x + face.w
    assert face.y < face.landmarks[1] < face.y + face.h
    with face.crop.open() as crop:
        stripes = decode(crop.file).astype(int)  # horizontal ones, in a crop that is not turned
    across, down = abs(stripes[0:-1] - stripes[1:]).mean(), abs(stripes[:, 0:-1] - stripes[:, 1:]).mean()
    assert (across > down) == (turns == 2)

    assert (face.person and face.person.name, Verdict.objects.get().face_id) == ("Anna", face.pk)
    assert scan_of(image).state == DONE
    assert stored_vectors() == vectors
    assert not faces_lacking(Face.objects.all(), embedder=MODEL).exists(), "no vector is computed anew"
    assert len(files(image)) == len(former), "former files are deleted"
    assert not set(files(image)) & set(former)
    with image.original.open() as file:
        assert hashlib.sha256(file.read()).digest() == original


def test_turning_back_gives_everything_back(image: Image, committed: Committed) -> None:
    boxes = {face: box_of(face) for face in Face.objects.all()}
    marks = {face.pk: face.landmarks for face in boxes}
    before, names = rendered(image), files(image)
    for turns in (1, 0, 3, 0, 0):
        with committed():
            image_set_turns(image=image, turns=turns)
    for face, box in boxes.items():
        assert box_of(face) == pytest.approx(box)
        assert face.landmarks == pytest.approx(marks[face.pk], abs=1e-6)
    image.refresh_from_db()
    assert (image.turns, image.width, image.height) == (0, 480, 320)
    assert rendered(image).tobytes() == before.tobytes()
    assert [name for name in files(image) if "/" not in name] == [name for name in names if "/" not in name]
    assert not faces_lacking(Face.objects.all(), embedder=MODEL).exists()


def test_a_photo_without_known_faces_is_scanned_again(ada: User, detector: ColourDetector) -> None:
    image = photo(ada, red=(48, 32, 96))
    renditions_recreate(image=image)
    detector.blind = {"red"}
    look_at(image)
    assert not Face.objects.exists()
    detector.blind = set()
    image_set_turns(image=image, turns=1)
    assert scan_of(image).state == PENDING
    look_at(image)
    face = Face.objects.get()
    assert face.turns == 1
    assert colour_at(image, face) == "red"


def test_a_photo_that_is_turned_while_it_is_scanned_is_scanned_as_it_is_then(
    ada: User, detector: ColourDetector
) -> None:
    image = photo(ada, red=(48, 32, 96))

    def turn(_picture: object) -> None:
        Image.objects.filter(pk=image.pk).update(turns=1, width=320, height=480)

    detector.before = turn
    scans_run(scans_claim(scans_open([image.pk])))
    face = Face.objects.get()
    assert (face.turns, colour_at(image, face), scan_of(image).state) == (1, "red", DONE)


def test_a_face_that_is_drawn_in_a_turned_photo_lies_where_it_was_drawn(image: Image, ada: User) -> None:
    red(image).delete()
    image_set_turns(image=image, turns=1)
    # Red lies at 48..144 x 32..128 of 480 x 320; turned clockwise at 192..288 x 48..144 of 320 x 480.
    box = Box(185 / 320, 40 / 480, 110 / 320, 110 / 480)
    drawn = face_draw(image=image, box=box, by=ada)
    assert drawn.found
    assert (drawn.face.turns, colour_at(image, drawn.face)) == (1, "red")


def test_undoing_an_older_change_of_boxes_restores_them_as_the_photo_lies_now(
    image: Image, ada: User
) -> None:
    face = red(image)
    before, crop = box_of(face), str(face.crop.name)
    with change_recorded(owner=ada, by=ada, kind=Change.Kind.REINDEX, faces=[face.pk], people=()):
        Face.objects.filter(pk=face.pk).update(x=0.5, w=0.1, crop="faces/other.jpg")
    gone = Face.objects.exclude(pk=face.pk).get()
    with change_recorded(owner=ada, by=ada, kind=Change.Kind.REINDEX, faces=[gone.pk], people=()):
        Face.objects.filter(pk=gone.pk).update(crop="")
        Face.objects.filter(pk=gone.pk).delete()
    image_set_turns(image=image, turns=1)
    for change in Change.objects.filter(kind=Change.Kind.REINDEX).order_by("-pk"):
        change_undo(change=change, by=ada)
    x, y, w, h = before
    assert box_of(face) == pytest.approx((1 - y - h, x, h, w))
    assert colour_at(image, face) == "red"
    assert str(face.crop.name) != crop
    assert default_storage.exists(str(face.crop.name))
    assert colour_at(image, Face.objects.get(pk=gone.pk)) == "blue"
    assert {one.turns for one in Face.objects.all()} == {1}


def test_what_a_reindex_has_found_in_a_photo_that_is_turned_then_is_found_anew(
    image: Image, ada: User
) -> None:
    models = face_settings()
    images = Image.objects.filter(owner=ada)
    list(images_stage(images=images, models=models))
    image_set_turns(image=image, turns=1)
    assert not StagedScan.objects.exists()
    assert list(images_unstaged(images, models=models)) == [image]
    list(images_stage(images=images, models=models))
    with change_recorded(owner=ada, by=ada, kind=Change.Kind.REINDEX, faces=None, people=None):
        staged_apply(images=images, models=models)
    assert {colour_at(image, face) for face in Face.objects.all()} == {"red", "blue"}
    assert colours_of(image) == ["blue", "red"]


def test_a_photo_whose_original_is_gone_stays_as_it_is(image: Image) -> None:
    rows, names = list(Face.objects.order_by("pk").values()), files(image)
    image.original.storage.delete(str(image.original.name))
    with pytest.raises(ImageRefused):
        image_set_turns(image=image, turns=1)
    image.refresh_from_db()
    assert (image.turns, image.width) == (0, 480)
    assert list(Face.objects.order_by("pk").values()) == rows
    assert files(image) == names
    assert FaceScan.objects.get().state == DONE


def test_every_kind_of_face_turns(image: Image, ada: User) -> None:
    """Dismissed faces too: they must not be found again."""
    Face.objects.exclude(pk=red(image).pk).update(dismissed=True)
    image_set_turns(image=image, turns=2)
    assert {one.turns for one in Face.objects.all()} == {2}
    FaceScan.objects.update(state=PENDING)
    look_at(image)
    assert Face.objects.count() == 2
