"""Frames of a camera against a signed base or a person. The models are stubbed at their seams."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.core import signing

from albums.models import Image
from faces import picture_faces
from faces.exceptions import BaseExpired, NoFaceFound, NotThere, PersonNotReadYet
from faces.models import Face, FaceEmbedding, Person, Verdict
from faces.services.searching import verification_base
from faces.services.searching.verification import base_from_picture, frame_verify, person_ready
from faces.services.searching.verification_base import PERSON_FACES, base_load, base_sign
from faces.vision.pipeline import FacePipeline
from faces.vision.profiles import profile_of
from faces.vision.types import Box
from tests.rows import drawn_jpeg, face_row, image_rows
from tests.vision_stubs import MODEL, at_distance, stub_pipeline, unit

pytestmark = pytest.mark.django_db
SMALL, LARGE = Box(0.1, 0.1, 0.2, 0.2), Box(0.5, 0.3, 0.3, 0.5)


@pytest.fixture
def use_pipeline(monkeypatch: pytest.MonkeyPatch) -> Callable[[FacePipeline], None]:
    return lambda pipeline: monkeypatch.setattr(picture_faces, "get_pipeline", lambda _models: pipeline)


def picture() -> BytesIO:
    return BytesIO(drawn_jpeg())


def face_of(person: Person, distance: float, *, quality: float = 0.8) -> Face:
    image = Image.objects.filter(owner=person.owner).first() or image_rows(person.owner, 1)[0]
    face = face_row(image, person=person, quality=quality, crop=False)
    FaceEmbedding.objects.create(face=face, owner=person.owner, model=MODEL, vector=at_distance(distance))
    return face


@pytest.fixture
def anna(ada: User) -> Person:
    return Person.objects.create(owner=ada, name="Anna")


@pytest.mark.parametrize(("distance", "same"), [(0.2, True), (1.0, False)])
def test_a_frame_is_compared_with_the_face_of_a_picture(
    ada: User, use_pipeline: Callable[[FacePipeline], None], distance: float, same: bool
) -> None:
    use_pipeline(stub_pipeline([[SMALL, LARGE], [LARGE]], [unit(0, 0, 1), unit(1), at_distance(distance)]))
    base = base_from_picture(user=ada, picture=picture())
    assert base.face.box.w == pytest.approx(0.3)
    answer = frame_verify(user=ada, frame=picture(), base=base.token)
    assert answer.distance == pytest.approx(distance, abs=1e-6)
    assert answer.probability == profile_of(MODEL).calibration.probability(answer.distance)
    assert answer.same is same
    assert not Image.objects.exists()


def test_another_face_of_the_picture_can_be_the_base(
    ada: User, use_pipeline: Callable[[FacePipeline], None]
) -> None:
    use_pipeline(stub_pipeline([[SMALL, LARGE]], [unit(0, 1), unit(1)]))
    base = base_from_picture(user=ada, picture=picture(), face_index=0)
    assert base_load(base.token, user=ada, model=MODEL)[0, 1] == 1


def test_a_token_is_for_one_user_one_model_and_one_hour(
    ada: User, grace: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = base_sign(user=ada, model=MODEL, vector=unit(1))
    assert np.allclose(base_load(token, user=ada, model=MODEL), unit(1)[None])
    for user, model, changed in ((grace, MODEL, ""), (ada, "sface128", ""), (ada, MODEL, "x")):
        with pytest.raises(BaseExpired):
            base_load(token + changed, user=user, model=model)
    monkeypatch.setattr(verification_base, "LIFETIME", timedelta(seconds=-1))
    with pytest.raises(BaseExpired):
        base_load(token, user=ada, model=MODEL)


@pytest.mark.parametrize("values", [[], {}, {"user": 1}, {"vector": "§"}, {"vector": 3}])
def test_a_signed_token_of_another_shape_is_refused(ada: User, values: object) -> None:
    with pytest.raises(BaseExpired):
        base_load(signing.dumps(values, salt=verification_base.SALT), user=ada, model=MODEL)


def test_a_frame_is_compared_with_the_mean_of_a_persons_best_faces(
    ada: User, anna: Person, use_pipeline: Callable[[FacePipeline], None]
) -> None:
    for distance in (0.1, 0.2, 0.3, 0.2, 0.2):
        face_of(anna, distance, quality=0.9)
    face_of(anna, 1.5, quality=0.3)
    assert PERSON_FACES == 5
    use_pipeline(stub_pipeline([[LARGE]], [unit(1)]))
    assert frame_verify(user=ada, frame=picture(), base=anna).distance == pytest.approx(0.2, abs=1e-6)


def test_confirmed_faces_count_before_better_ones(
    ada: User, anna: Person, use_pipeline: Callable[[FacePipeline], None]
) -> None:
    for _ in range(PERSON_FACES):
        Verdict.objects.create(face=face_of(anna, 0.4, quality=0.3), person=anna, kind="is")
    face_of(anna, 0.0, quality=1.0)
    use_pipeline(stub_pipeline([[LARGE]], [unit(1)]))
    assert frame_verify(user=ada, frame=picture(), base=anna).distance == pytest.approx(0.4, abs=1e-6)


def test_another_accounts_person_is_not_there(ada: User, grace: User) -> None:
    person = Person.objects.create(owner=grace, name="Grace")
    face_of(person, 0.1)
    with pytest.raises(NotThere):
        person_ready(person, user=ada)
    with pytest.raises(NotThere):
        frame_verify(user=ada, frame=picture(), base=person)


def test_a_person_without_faces_is_not_ready(ada: User, anna: Person) -> None:
    with pytest.raises(PersonNotReadYet):
        person_ready(anna, user=ada)
    face = face_of(anna, 0.1)
    person_ready(anna, user=ada)
    Face.objects.filter(pk=face.pk).update(dismissed=True)
    with pytest.raises(PersonNotReadYet):
        person_ready(anna, user=ada)


def test_a_frame_without_a_face_has_no_answer(
    ada: User, use_pipeline: Callable[[FacePipeline], None]
) -> None:
    use_pipeline(stub_pipeline([[]], []))
    with pytest.raises(NoFaceFound):
        frame_verify(user=ada, frame=picture(), base=base_sign(user=ada, model=MODEL, vector=unit(1)))
