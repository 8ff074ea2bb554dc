"""retina-face's decoder over a network of the same outputs.

Its weights are no part of a package, so a stub stands at the session's place: it answers with no face
anywhere, or with one face in the cell that a test names.
"""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from faces.vision.errors import ModelDamaged, ModelFailed
from faces.vision.models.retinaface_resnet50 import RetinaFaceResNet50, check

STRIDES = (32, 16, 8)


class StubSession:
    """Nine outputs in retina-face's order; one face at stride 16 in the cell (row, column), if any."""

    def __init__(self, cell: tuple[int, int] | None = None, *, outputs: int = 9) -> None:
        self.cell = cell
        self.outputs = outputs
        self.seen: list[NDArray[Any]] = []

    def run(self, *inputs: NDArray[Any]) -> list[NDArray[Any]]:
        (pictures,) = inputs
        self.seen.append(pictures)
        answer = []
        for stride in STRIDES:
            rows, columns = -(-pictures.shape[1] // stride), -(-pictures.shape[2] // stride)
            scores, boxes, points = (np.zeros((1, rows, columns, n), np.float32) for n in (4, 8, 20))
            if self.cell and stride == 16:
                # Two anchors a cell: two scores for background, then two for face. This is the larger anchor.
                scores[0, *self.cell, 2] = 0.97
                points[0, *self.cell, :10] = [-0.2, -0.2, 0.2, -0.2, 0, 0, -0.15, 0.2, 0.15, 0.2]
            answer += [scores, boxes, points]
        return answer[: self.outputs]


def test_a_face_comes_back_in_pixels_with_the_onlookers_left_eye_first() -> None:
    session = StubSession((10, 12))
    (found,) = RetinaFaceResNet50(session).detect(np.zeros((400, 500, 3), dtype=np.uint8))
    left, right, nose, mouth_left, mouth_right = found.landmarks
    # Cell (10, 12) at stride 16, the anchor of 128 pixels around it.
    assert found.box.centre == pytest.approx((12 * 16 + 7.5, 10 * 16 + 7.5), abs=1.5)
    assert found.box.w == pytest.approx(127, abs=1.5)
    assert found.score == pytest.approx(0.97)
    assert left[0] < nose[0] < right[0]
    assert mouth_left[0] < mouth_right[0]
    assert left[1] < nose[1] < mouth_left[1]


def test_a_large_picture_is_shrunk_and_its_boxes_are_mapped_back() -> None:
    session = StubSession((10, 12))
    (found,) = RetinaFaceResNet50(session, long_side=500).detect(np.zeros((800, 1000, 3), dtype=np.uint8))
    assert session.seen[0].shape == (1, 400, 500, 3)
    assert found.box.centre == pytest.approx((2 * (12 * 16 + 7.5), 2 * (10 * 16 + 7.5)), abs=3)


def test_a_small_picture_is_not_enlarged_and_stays_rgb() -> None:
    session = StubSession()
    picture = np.zeros((64, 96, 3), dtype=np.uint8)
    picture[..., 0] = 200
    assert RetinaFaceResNet50(session).detect(picture) == []
    assert session.seen[0].shape == (1, 64, 96, 3)
    assert session.seen[0].dtype == np.float32
    assert session.seen[0][0, 0, 0].tolist() == [200, 0, 0]


def test_a_face_below_the_threshold_is_none() -> None:
    assert (
        RetinaFaceResNet50(StubSession((3, 3)), threshold=0.98).detect(np.zeros((200, 200, 3), np.uint8))
        == []
    )


def test_a_network_of_these_outputs_passes_and_another_does_not() -> None:
    check(StubSession())
    with pytest.raises(ModelDamaged, match="channels"):
        check(StubSession(outputs=3))


def test_a_network_that_takes_no_picture_is_damaged() -> None:
    class Refusing(StubSession):
        def run(self, *inputs: NDArray[Any]) -> list[NDArray[Any]]:
            raise ModelFailed("it wants a text")

    with pytest.raises(ModelDamaged, match="takes no picture"):
        check(Refusing())
