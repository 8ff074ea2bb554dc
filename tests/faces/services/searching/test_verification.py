"""The same person or not? The models are stubbed at their seams."""

import csv
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from django.contrib.auth.models import User

from albums.models import Image
from faces import picture_faces
from faces.exceptions import (
    ComparisonError,
    FaceNotReadYet,
    NoFaceFound,
    NoSuchFaceIndex,
    NotThere,
    PictureRefused,
)
from faces.models import Face
from faces.services.searching.verification import verify
from faces.vision.pipeline import FacePipeline
from faces.vision.profiles import profile_of
from faces.vision.types import Box
from tests.rows import drawn_jpeg, face_row, image_row
from tests.vision_stubs import MODEL, at_distance, stub_pipeline, unit

pytestmark = pytest.mark.django_db
SMALL, LARGE = Box(0.1, 0.1, 0.2, 0.2), Box(0.5, 0.3, 0.3, 0.5)


@pytest.fixture
def use_pipeline(monkeypatch: pytest.MonkeyPatch) -> Callable[[FacePipeline], None]:
    def use(pipeline: FacePipeline) -> None:
        monkeypatch.setattr(picture_faces, "get_pipeline", lambda _models: pipeline)

    return use


def picture() -> BytesIO:
    return BytesIO(drawn_jpeg())


def stored(owner: User, distance: float) -> Face:
    image = Image.objects.filter(owner=owner).first() or image_row(owner)
    return face_row(image, crop=False, vector=at_distance(distance))


@pytest.mark.parametrize(("distance", "same"), [(0.2, True), (1.0, False)])
def test_two_pictures_are_compared(
    ada: User, use_pipeline: Callable[[FacePipeline], None], distance: float, same: bool
) -> None:
    use_pipeline(stub_pipeline([[LARGE], [SMALL]], [unit(1), at_distance(distance)]))
    answer = verify(user=ada, first=picture(), second=picture())
    row = profile_of(MODEL).calibration
    assert answer.distance == pytest.approx(distance, abs=1e-6)
    assert answer.probability == pytest.approx(row.probability(distance), abs=1e-6)
    assert answer.threshold == row.threshold
    assert answer.same is same is (answer.probability >= 0.5)
    assert [answer.first.box.w, answer.second.box.w] == pytest.approx([0.3, 0.2])
    assert answer.model == MODEL


def test_of_several_faces_the_largest_or_the_selected_one_is_used(
    ada: User, use_pipeline: Callable[[FacePipeline], None]
) -> None:
    vectors = [at_distance(1.0), unit(1), unit(1)]
    use_pipeline(stub_pipeline([[SMALL, LARGE], [LARGE], [SMALL, LARGE], [LARGE]], vectors * 2))
    largest = verify(user=ada, first=picture(), second=picture())
    assert (largest.first.selected, len(largest.first.faces_found)) == (1, 2)
    assert largest.same
    selected = verify(user=ada, first=picture(), second=picture(), first_index=0, second_index=0)
    assert selected.first.selected == 0
    assert not selected.same


def test_stored_faces_are_compared_without_any_model(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_faces, "get_pipeline", None)
    first, second = stored(ada, 0.0), stored(ada, 0.3)
    answer = verify(user=ada, first=first, second=second)
    assert answer.distance == pytest.approx(0.3, abs=1e-6)
    assert (answer.first.face, answer.second.face) == (first, second)
    assert answer.first.box == Box(first.x, first.y, first.w, first.h)


def test_a_picture_is_compared_with_a_stored_face(
    ada: User, use_pipeline: Callable[[FacePipeline], None]
) -> None:
    use_pipeline(stub_pipeline([[LARGE]], [unit(1)]))
    assert verify(user=ada, first=picture(), second=stored(ada, 0.1)).same


def test_nothing_is_stored(ada: User, use_pipeline: Callable[[FacePipeline], None]) -> None:
    use_pipeline(stub_pipeline([[LARGE]], [unit(1), unit(1)]))
    verify(user=ada, first=picture(), second=picture())
    assert not Image.objects.exists()
    assert not Face.objects.exists()


def test_an_error_says_which_picture_is_meant(
    ada: User, use_pipeline: Callable[[FacePipeline], None]
) -> None:
    def error(kind: type[ComparisonError], pipeline: FacePipeline, **how: object) -> int:
        use_pipeline(pipeline)
        given = {"first": picture(), "second": picture(), **how}
        with pytest.raises(kind) as caught:
            verify(user=ada, **given)  # type: ignore[arg-type]  # any argument
        return caught.value.which

    one = [unit(1), unit(1)]
    assert error(NoFaceFound, stub_pipeline([[]], [])) == 1
    assert error(NoFaceFound, stub_pipeline([[LARGE], []], one)) == 2
    assert error(NoSuchFaceIndex, stub_pipeline([[LARGE]], one), second_index=1) == 2
    assert error(PictureRefused, stub_pipeline([[LARGE]], one), first=BytesIO(b"no picture")) == 1
    without = face_row(image_row(ada), crop=False)
    assert error(FaceNotReadYet, stub_pipeline([[LARGE]], one), second=without) == 2


def test_a_face_of_another_user_does_not_exist(ada: User) -> None:
    theirs = stored(User.objects.create_user("eve"), 0.0)
    with pytest.raises(NotThere):
        verify(user=ada, first=stored(ada, 0.0), second=theirs)


@pytest.mark.data
def test_real_pairs_are_distinguished(ada: User, lfw: Path, models_dir: Path) -> None:
    with (lfw / "pairs.csv").open(newline="") as stream:
        pairs = list(csv.DictReader(stream))[::150]
    wrong = 0
    for pair in pairs:
        with (lfw / pair["file1"]).open("rb") as first, (lfw / pair["file2"]).open("rb") as second:
            answer = verify(user=ada, first=first, second=second)
        wrong += answer.same is not (pair["same"] == "1")
    assert {pair["same"] for pair in pairs} == {"0", "1"}
    assert wrong <= 1
