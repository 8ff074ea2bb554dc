"""Look-alike search with a picture or a stored face; the models are stubbed at their session."""

from collections.abc import Callable
from io import BytesIO

import pytest
from django.contrib.auth.models import User

from albums.models import Image
from faces import picture_faces
from faces.exceptions import FaceNotReadYet, NoFaceFound, NoSuchFaceIndex, NotThere, PictureRefused
from faces.models import Face, FaceEmbedding, OwnerModels, Person
from faces.services.searching.lookalike import lookalikes, lookalikes_of_face
from faces.vision.pipeline import FacePipeline
from faces.vision.types import Box
from tests.rows import drawn_jpeg, embedding_row, face_row, image_row, image_rows
from tests.vision_stubs import at_distance, stub_pipeline, unit

pytestmark = pytest.mark.django_db
SMALL, LARGE = Box(0.1, 0.1, 0.2, 0.2), Box(0.5, 0.3, 0.3, 0.5)
UsePipeline = Callable[[FacePipeline], list[object]]


@pytest.fixture
def use_pipeline(monkeypatch: pytest.MonkeyPatch) -> UsePipeline:
    def use(pipeline: FacePipeline) -> list[object]:
        requested: list[object] = []

        def get(models: object) -> FacePipeline:
            requested.append(models)
            return pipeline

        monkeypatch.setattr(picture_faces, "get_pipeline", get)
        return requested

    return use


def stored(image: Image, distance: float, *, person: Person | None = None) -> Face:
    return face_row(image, person=person, crop=False, vector=at_distance(distance))


def picture() -> BytesIO:
    return BytesIO(drawn_jpeg())


def test_the_largest_face_is_used_by_default(ada: User, use_pipeline: UsePipeline) -> None:
    image = image_row(ada)
    near, far = stored(image, 0.0), stored(image, 1.0)
    use_pipeline(stub_pipeline([[SMALL, LARGE]], [at_distance(1.0), unit(1)] * 2))
    first = lookalikes(user=ada, picture=picture())
    assert first.selected == 1
    assert [(box.x, box.w) for box in first.faces_found] == [
        pytest.approx((0.1, 0.2)),
        pytest.approx((0.5, 0.3)),
    ]
    assert [match.face for match in first.faces] == [near, far]
    other = lookalikes(user=ada, picture=picture(), face_index=0)
    assert other.selected == 0
    assert [match.face for match in other.faces] == [far, near]


def test_people_and_faces_carry_probabilities_and_as_many_come_as_are_wanted(
    ada: User, use_pipeline: UsePipeline
) -> None:
    image = image_row(ada)
    people = [Person.objects.create(owner=ada) for _ in range(4)]
    for number, person in enumerate(people):
        stored(image, number / 4, person=person)
    use_pipeline(stub_pipeline([[LARGE]], [unit(1)]))
    result = lookalikes(user=ada, picture=picture(), people=3, faces=2)
    assert [match.person for match in result.people] == people[:3]
    assert len(result.faces) == 2
    assert result.people[0].probability > 0.97 > result.people[2].probability


def test_nothing_is_stored(ada: User, use_pipeline: UsePipeline) -> None:
    use_pipeline(stub_pipeline([[LARGE]], [unit(1)]))
    lookalikes(user=ada, picture=picture())
    assert not Image.objects.exists()
    assert not Face.objects.exists()
    assert not FaceEmbedding.objects.exists()


def test_another_users_faces_are_not_found(ada: User, use_pipeline: UsePipeline) -> None:
    eve = User.objects.create_user("eve")
    stored(image_row(eve), 0.0, person=Person.objects.create(owner=eve))
    use_pipeline(stub_pipeline([[LARGE]], [unit(1)]))
    result = lookalikes(user=ada, picture=picture())
    assert (result.people, result.faces) == ([], [])


def test_the_owners_own_models_are_used(ada: User, use_pipeline: UsePipeline) -> None:
    OwnerModels.objects.create(owner=ada, detector="yunet", embedder="sface128")
    of_default = stored(image_row(ada), 0.0)
    of_owner = face_row(of_default.image, crop=False)
    embedding_row(of_owner, unit(1)[:128], model="sface128")
    requested = use_pipeline(stub_pipeline([[LARGE]], [unit(1)[:128]]))
    assert [match.face for match in lookalikes(user=ada, picture=picture()).faces] == [of_owner]
    assert (requested[0].detector, requested[0].embedder) == ("yunet", "sface128")  # type: ignore[attr-defined]  # a stub


def test_a_picture_without_a_face_is_an_error(ada: User, use_pipeline: UsePipeline) -> None:
    use_pipeline(stub_pipeline([[]], []))
    with pytest.raises(NoFaceFound) as caught:
        lookalikes(user=ada, picture=picture())
    assert caught.value.code == "no_face"


@pytest.mark.parametrize("index", [-1, 2])
def test_an_invalid_number_is_reported_with_the_valid_ones(
    ada: User, use_pipeline: UsePipeline, index: int
) -> None:
    use_pipeline(stub_pipeline([[SMALL, LARGE]], [unit(1)] * 2))
    with pytest.raises(NoSuchFaceIndex, match=f"no face {index} among the 2"):
        lookalikes(user=ada, picture=picture(), face_index=index)


def test_what_is_no_picture_is_refused_with_its_code(ada: User) -> None:
    with pytest.raises(PictureRefused) as caught:
        lookalikes(user=ada, picture=BytesIO(b"<!doctype html><html></html>"))
    assert caught.value.code == "html_page"


def test_a_stored_face_finds_others_and_not_itself(ada: User) -> None:
    image = image_row(ada)
    requested, other = stored(image, 0.0), stored(image, 0.2)
    result = lookalikes_of_face(user=ada, face=requested)
    assert [match.face for match in result.faces] == [other]
    assert (result.faces_found[0].x, result.selected) == (requested.x, 0)


def test_a_stored_face_of_another_user_does_not_exist(ada: User) -> None:
    theirs = stored(image_rows(User.objects.create_user("eve"), 1)[0], 0.0)
    with pytest.raises(NotThere):
        lookalikes_of_face(user=ada, face=theirs)


def test_a_stored_face_without_a_vector_of_the_model_is_an_error(ada: User) -> None:
    with pytest.raises(FaceNotReadYet):
        lookalikes_of_face(user=ada, face=face_row(image_row(ada), crop=False))
