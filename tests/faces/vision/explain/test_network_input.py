"""A face as the embedder sees it."""

import numpy as np

from faces.vision.embedding import FaceEmbedder
from faces.vision.explain.drawing import side_by_side
from faces.vision.explain.network_input import network_input, vector_drawn
from faces.vision.models.facenet import FaceNet128
from faces.vision.models.sface import SFace
from faces.vision.profiles import FACENET128, FACENET_SFACE256
from faces.vision.types import Box, Detection
from tests.drawing import quarters
from tests.faces.coloured import POINTS


def test_the_values_that_enter_have_an_even_brightness_and_contrast() -> None:
    def forward(batch: np.ndarray) -> np.ndarray:
        return np.tile(np.linspace(-1, 1, 128, dtype=np.float32), (len(batch), 1))

    picture = np.asarray(quarters(400, 400)) // 4
    face = Detection(Box(100, 100, 200, 200), np.asarray(POINTS * 200 + 100, dtype=np.float32), 0.9)
    shown = network_input(FaceEmbedder(FACENET128, [FaceNet128(forward)]), picture, face)
    assert shown.crop.shape == (160, 160, 3)
    assert shown.mean < 60
    assert shown.seen is not None
    assert shown.mirrored is not None
    # A dark crop enters as a middle grey.
    assert abs(float(shown.seen.mean()) - 127) < 15
    assert (shown.mirrored == shown.seen[:, ::-1]).all()
    assert np.isclose(np.linalg.norm(shown.vector), 1, atol=1e-5)


def test_a_second_network_has_a_crop_of_its_own() -> None:
    def forward(batch: np.ndarray) -> np.ndarray:
        return np.ones((len(batch), 128), np.float32)

    class Session:
        def run(self, *inputs: np.ndarray) -> list[np.ndarray]:
            return [forward(inputs[0])]

    embedder = FaceEmbedder(FACENET_SFACE256, [FaceNet128(forward), SFace(Session())])
    face = Detection(Box(100, 100, 200, 200), np.asarray(POINTS * 200 + 100, dtype=np.float32), 0.9)
    shown = network_input(embedder, np.asarray(quarters(400, 400)), face)
    assert [crop.shape for crop in shown.others] == [(112, 112, 3)]
    assert shown.seen is not None
    assert shown.mirrored is None, "only the mirror images of unclear faces are embedded"
    assert side_by_side([shown.crop, *shown.others]).shape == (160, 160 + 8 + 112, 3)
    assert shown.vector.shape == (256,)


def test_a_vector_is_drawn_from_small_to_large() -> None:
    vector = np.zeros(128, dtype=np.float32)
    vector[0], vector[1] = 1, -1
    drawn = vector_drawn(vector)
    assert drawn.shape == (128, 256, 3)
    largest, smallest = drawn[0, 0].astype(int), drawn[0, 16].astype(int)
    assert largest[0] > 200 > largest[2]
    assert smallest.max() < 100
