"""Estimating stored faces: all of them once, in batches that a killed worker can lose one of."""

import io

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from PIL import Image as Pillow

from faces.models import Face, FaceAttributes
from faces.services.attributes import estimation
from faces.services.attributes.consent import attributes_end
from faces.services.attributes.estimation import attributes_count, attributes_fill
from faces.services.core.consent import recognition_set
from faces.vision.alignment import portrait_crop
from faces.vision.pipeline import PORTRAIT_SIDE
from faces.vision.types import Box
from tests.faces.attributes import BrightnessSession, switch_on
from tests.rows import image_rows


def grey(brightness: int) -> bytes:
    return jpeg(np.full((64, 64, 3), brightness, np.uint8))


def jpeg(pixels: np.ndarray) -> bytes:
    file = io.BytesIO()
    Pillow.fromarray(pixels).save(file, "JPEG", quality=95)
    return file.getvalue()


def faces(owner: User, *brightness: int) -> list[Face]:
    """Faces in one photo, with grey pictures."""
    image = image_rows(owner, 1)[0]
    made = []
    for number, shade in enumerate(brightness):
        face = Face(
            image=image,
            x=0.1 * number,
            y=0.2,
            w=0.08,
            h=0.2,
            landmarks=[0.3] * 10,
            score=0.9,
            quality=0.5,
            detector="yunet",
        )
        face.crop.save("face.jpg", ContentFile(grey(shade)), save=False)
        face.save()
        made.append(face)
    return made


def fill(owner: User) -> list[int]:
    return list(attributes_fill(owner_id=owner.pk))


def ages() -> dict[int, int]:
    rows = FaceAttributes.objects.values_list("face_id", "age")
    return {face_id: round(age) for face_id, age in rows if age is not None}


def test_every_face_is_estimated_once_and_only_those_of_the_owner(
    owner: User, stranger: User, session: BrightnessSession
) -> None:
    mine, theirs = faces(owner, 60, 90, 150), faces(stranger, 60)
    switch_on(owner)
    switch_on(stranger)
    assert attributes_count(owner.pk) == (0, 3)
    assert fill(owner) == [3]
    assert ages() == {mine[0].pk: 20, mine[1].pk: 30, mine[2].pk: 50}
    assert attributes_count(owner.pk) == (3, 3)
    assert fill(owner) == []
    assert session.faces == 3
    assert not FaceAttributes.objects.filter(face__in=theirs).exists()


def test_what_a_killed_worker_finished_stays_and_the_next_one_does_the_rest(
    owner: User, session: BrightnessSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(estimation, "BATCH", 2)
    faces(owner, 30, 60, 90, 120, 150)
    switch_on(owner)
    work = attributes_fill(owner_id=owner.pk)
    assert next(work) == 2
    session.fails = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        next(work)
    assert attributes_count(owner.pk) == (2, 5)
    session.fails = None
    assert fill(owner) == [2, 1]
    assert session.faces == 5
    assert sorted(ages().values()) == [10, 20, 30, 40, 50]


def test_a_face_with_a_new_picture_is_estimated_again(owner: User, session: BrightnessSession) -> None:
    (face,) = faces(owner, 60)
    switch_on(owner)
    fill(owner)
    face.crop.save("other.jpg", ContentFile(grey(120)))
    assert fill(owner) == [1]
    assert ages() == {face.pk: 40}


def test_a_picture_that_cannot_be_read_is_not_tried_again_and_stops_no_other(
    owner: User, session: BrightnessSession
) -> None:
    broken, gone, good = faces(owner, 60, 60, 60)
    broken.crop.save("broken.jpg", ContentFile(b"not a picture"))
    gone.crop.storage.delete(str(gone.crop.name))
    switch_on(owner)
    assert fill(owner) == [3]
    assert fill(owner) == []
    assert ages() == {good.pk: 20}
    assert attributes_count(owner.pk) == (3, 3)


def test_dismissed_and_binned_faces_and_those_without_a_picture_wait(
    owner: User, session: BrightnessSession
) -> None:
    made = faces(owner, 60, 60, 60)
    Face.objects.filter(pk=made[0].pk).update(dismissed=True)
    Face.objects.filter(pk=made[1].pk).update(binned=True)
    Face.objects.filter(pk=made[2].pk).update(crop="")
    switch_on(owner)
    assert fill(owner) == []
    Face.objects.filter(pk=made[1].pk).update(binned=False)
    assert fill(owner) == [1]


@pytest.mark.parametrize("off", ["estimates", "recognition"])
def test_nothing_is_stored_for_an_owner_who_switches_it_off_meanwhile(
    owner: User, session: BrightnessSession, monkeypatch: pytest.MonkeyPatch, off: str
) -> None:
    faces(owner, 60)
    switch_on(owner)

    def switched() -> object:
        if off == "estimates":
            attributes_end(owner=owner)
        else:
            recognition_set(owner=owner, enabled=False)
        return session.model

    monkeypatch.setattr(estimation, "get_age_gender", switched)
    assert fill(owner) == []
    assert not FaceAttributes.objects.exists()


def test_a_face_deleted_meanwhile_is_left_out(
    owner: User, session: BrightnessSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = faces(owner, 60, 90)
    switch_on(owner)

    def deleted() -> object:
        Face.objects.filter(pk=first.pk).delete()
        return session.model

    monkeypatch.setattr(estimation, "get_age_gender", deleted)
    fill(owner)
    assert ages() == {second.pk: 30}


@pytest.mark.parametrize("box", [Box(120, 80, 60, 90), Box(2, 3, 60, 90), Box(230, 140, 60, 55)])
def test_the_network_sees_the_landmarks_where_they_belong(
    owner: User, session: BrightnessSession, box: Box
) -> None:
    """Also of a face at the photo's edge, whose picture is shifted into the photo."""
    width, height = 300, 200
    photo = np.zeros((height, width, 3), np.uint8)
    in_box = np.array([[20, 30], [40, 30], [30, 42], [23, 55], [37, 55]])
    points = in_box + np.array([box.x, box.y])
    for x, y in points.astype(int):
        photo[y - 3 : y + 4, x - 3 : x + 4] = 255
    image = image_rows(owner, 1, shapes=[(width, height)])[0]
    face = Face(
        image=image,
        x=box.x / width,
        y=box.y / height,
        w=box.w / width,
        h=box.h / height,
        landmarks=(points / [width, height]).ravel().tolist(),
        score=0.9,
        quality=0.5,
        detector="yunet",
    )
    face.crop.save("face.jpg", ContentFile(jpeg(portrait_crop(photo, box, side=PORTRAIT_SIDE))), save=False)
    face.save()
    switch_on(owner)
    fill(owner)
    seen = session.seen[0][0]
    # Eyes and mouth: their middle is at (.5, .43) of 112 pixels, the mean distance between them .45 of it.
    places = np.array([[37, 31], [75, 31], [44, 79], [69, 79]])
    assert all(seen[y, x].mean() > 150 for x, y in places)
    assert seen.mean() < 60
