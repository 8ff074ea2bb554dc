"""From photos to faces, with a detector and an embedder whose answers are known."""

from collections.abc import Iterator
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from faces.vision.pipeline import PORTRAIT_SIDE, FacePipeline
from faces.vision.types import Box, Pixels
from tests.faces.coloured import COLOURS, POINTS, ColourDetector, ColourEmbedder, Place, drawn, seeded
from tests.vision_stubs import stub_pipeline


def picture(**people: Place) -> Pixels:
    return np.asarray(Image.open(BytesIO(drawn(**people))).convert("RGB"))


@pytest.fixture
def embedder() -> ColourEmbedder:
    return ColourEmbedder()


@pytest.fixture
def pipeline(embedder: ColourEmbedder) -> FacePipeline:
    return FacePipeline(ColourDetector(), embedder)


def test_boxes_and_landmarks_are_relative_to_the_photo(pipeline: FacePipeline) -> None:
    ((found,),) = pipeline.faces_in([picture(red=(48, 32, 96))])
    assert (found.box.x, found.box.y, found.box.w, found.box.h) == pytest.approx((0.1, 0.1, 0.2, 0.3))
    assert found.landmarks == pytest.approx(POINTS * [0.2, 0.3] + [0.1, 0.1], abs=1e-5)
    assert found.landmarks.dtype == np.float32


def test_every_photo_has_its_own_faces_though_all_are_embedded_at_once(
    pipeline: FacePipeline, embedder: ColourEmbedder
) -> None:
    people = [{"red": (10, 10, 80), "blue": (200, 20, 90)}, {}, {"green": (30, 40, 70)}, {"red": (5, 5, 60)}]
    found = pipeline.faces_in([picture(**photo) for photo in people])
    assert embedder.batches == [4]
    assert [len(faces) for faces in found] == [2, 0, 1, 1]
    for photo, faces in zip(people, found, strict=True):
        for who, face in zip(sorted(photo), faces, strict=True):
            assert float(face.vector @ seeded(who)) > 0.9
            assert face.box.x == pytest.approx(photo[who][0] / 480)


def test_the_portrait_shows_the_face(pipeline: FacePipeline) -> None:
    ((red,), (large,)) = pipeline.faces_in([picture(red=(100, 100, 60)), picture(blue=(20, 5, 300))])
    assert red.portrait.shape == (102, 102, 3)
    assert large.portrait.shape == (PORTRAIT_SIDE, PORTRAIT_SIDE, 3)
    assert np.abs(red.portrait[24, 50].astype(int) - COLOURS["red"]).max() < 30


def test_no_photos_and_photos_without_faces_need_no_embedder(
    pipeline: FacePipeline, embedder: ColourEmbedder
) -> None:
    assert pipeline.faces_in([]) == []
    assert pipeline.faces_in([picture(), picture()]) == [[], []]
    assert embedder.batches == []


def test_photos_are_taken_one_after_the_other() -> None:
    detector = ColourDetector()
    given: list[int] = []

    def pictures() -> Iterator[Pixels]:
        for number in range(3):
            given.append(detector.looks)
            yield picture(red=(10 * number, 10, 60))

    assert len(FacePipeline(detector, ColourEmbedder()).faces_in(pictures())) == 3
    assert given == [0, 1, 2]


def test_quality_is_judged_for_each_face(pipeline: FacePipeline) -> None:
    ((large, small),) = pipeline.faces_in([picture(blue=(10, 10, 100), red=(200, 20, 16))])
    assert large.quality.poor_reason == ""
    assert small.quality.poor_reason == "too_small"
    assert large.quality.overall > small.quality.overall


def test_a_face_that_the_detector_boxed_twice_is_found_once() -> None:
    look, other = np.eye(2, 128, dtype=np.float32)
    boxes = [Box(10, 10, 40, 40), Box(25, 12, 40, 40), Box(10, 30, 40, 40)]
    (faces,) = stub_pipeline([boxes], [look, look, other]).faces_in([np.zeros((100, 100, 3), np.uint8)])
    assert [face.vector.argmax() for face in faces] == [0, 1]
