"""The conversion of a TensorFlow Lite file, on a small network written here and on the published mesh."""

from collections.abc import Callable
from pathlib import Path

import flatbuffers
import numpy as np
import pytest
from numpy.typing import NDArray

from albums.imaging.sessions import open_session
from faces.vision.errors import ModelDamaged
from faces.vision.weights import mesh_check
from faces.vision.weights.tflite_file import read_tflite
from faces.vision.weights.tflite_onnx import convert

RANDOM = np.random.default_rng(3)
WEIGHT = RANDOM.normal(size=(4, 3, 3, 2)).astype(np.float32)
BIAS = RANDOM.normal(size=4).astype(np.float32)
SLOPE = np.array([[[0.5, -0.25, 2.0, 0.0]]], dtype=np.float32)
CONV, PRELU, UNKNOWN = 3, 54, 101


def tflite(*, layer: int = CONV, activation: int = 0) -> bytes:
    """A network of 5 x 5 pixels with 2 channels: a convolution of stride 2 that pads, and a PReLU."""
    builder = flatbuffers.Builder(4096)

    def vector(values: NDArray[np.generic]) -> int:
        return int(builder.CreateNumpyVector(values))

    def offsets(tables: list[int]) -> int:
        builder.StartVector(4, len(tables), 4)
        for one in reversed(tables):
            builder.PrependUOffsetTRelative(one)
        return int(builder.EndVector())

    def table(fields: int, *slots: tuple[int, str, int]) -> int:
        builder.StartObject(fields)
        for number, kind, value in slots:
            match kind:
                case "offset":
                    builder.PrependUOffsetTRelativeSlot(number, value, 0)
                case "byte":
                    builder.PrependInt8Slot(number, value, 0)
                case "int":
                    builder.PrependInt32Slot(number, value, 0)
        return int(builder.EndObject())

    def ints(*values: int) -> int:
        return vector(np.array(values, dtype=np.int32))

    stored = [vector(array.reshape(-1).view(np.uint8)) for array in (WEIGHT, BIAS, SLOPE)]
    buffers = [table(1), *(table(1, (0, "offset", data)) for data in stored)]
    shapes = [(1, 5, 5, 2), WEIGHT.shape, BIAS.shape, (1, 3, 3, 4), SLOPE.shape, (1, 3, 3, 4)]
    tensors = []
    for number, (shape, buffer) in enumerate(zip(shapes, (0, 1, 2, 0, 3, 0), strict=True)):
        called, lengths = builder.CreateString(f"t{number}"), ints(*shape)
        tensors.append(table(4, (0, "offset", lengths), (2, "int", buffer), (3, "offset", called)))
    codes = [table(4, (0, "byte", code), (3, "int", code)) for code in (layer, PRELU)]
    settings = table(6, (1, "int", 2), (2, "int", 2), (3, "byte", activation))
    conv_in, conv_out, prelu_in, prelu_out = ints(0, 1, 2), ints(3), ints(3, 4), ints(5)
    conv = table(5, (1, "offset", conv_in), (2, "offset", conv_out), (4, "offset", settings))
    prelu = table(5, (0, "int", 1), (1, "offset", prelu_in), (2, "offset", prelu_out))
    operators, values = offsets([conv, prelu]), offsets(tensors)
    inputs, outputs = ints(0), ints(5)
    graph = table(
        4, (0, "offset", values), (1, "offset", inputs), (2, "offset", outputs), (3, "offset", operators)
    )
    parts = offsets(codes), offsets([graph]), offsets(buffers)
    model = table(5, *zip((1, 2, 4), ("offset",) * 3, parts, strict=True))
    builder.Finish(model, file_identifier=b"TFL3")
    return bytes(builder.Output())


def by_hand(picture: NDArray[np.float32]) -> NDArray[np.float64]:
    """Compute the small network: 5 pixels at stride 2 are padded by one on every side."""
    padded = np.pad(picture.astype(np.float64), ((1, 1), (1, 1), (0, 0)))
    result = np.zeros((3, 3, 4))
    for row in range(3):
        for column in range(3):
            window = padded[2 * row : 2 * row + 3, 2 * column : 2 * column + 3]
            result[row, column] = (WEIGHT * window).sum(axis=(1, 2, 3)) + BIAS
    return np.where(result > 0, result, result * SLOPE[0, 0])


def test_a_small_network_computes_the_same_for_a_batch() -> None:
    session = open_session(convert(tflite(), name="small"), name="small")
    pictures = np.random.default_rng(4).normal(size=(3, 5, 5, 2)).astype(np.float32)
    (found,) = session.run(pictures)
    assert np.abs(found - np.array([by_hand(picture) for picture in pictures])).max() < 1e-5


def test_the_conversion_is_deterministic() -> None:
    assert convert(tflite(), name="small") == convert(tflite(), name="small")


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"not a network at all", "not a TensorFlow Lite file"),
        (tflite(layer=UNKNOWN), "unknown kind 101"),
        (tflite(activation=1), "unknown settings"),
        (tflite()[:300], "broken"),
    ],
)
def test_a_file_that_is_not_understood_is_refused(content: bytes, found: str) -> None:
    with pytest.raises(ModelDamaged, match=found):
        convert(content, name="small")


def test_no_cut_of_a_file_is_another_error() -> None:
    whole = tflite()
    for length in range(8, len(whole), 7):
        try:
            read_tflite(whole[:length], name="small")
        except ModelDamaged:
            continue


def test_the_installed_mesh_gives_the_known_points(install: Callable[..., Path]) -> None:
    path = install("face_landmarks") / "face_landmarks.onnx"
    mesh_check.check(open_session(path))
    half, logit = open_session(path).run(np.concatenate([mesh_check.probe(), 0 * mesh_check.probe()]))
    assert half.shape == (2, 1404)
    assert logit[0, 0] > 0 > logit[1, 0], "a drawing of a face, and black"


def test_another_network_is_not_taken_for_the_mesh() -> None:
    class Other:
        def run(self, *inputs):
            return [np.zeros((1, 1404), np.float32), np.zeros((1, 1), np.float32)]

    with pytest.raises(ModelDamaged, match="points of the fixed drawing"):
        mesh_check.check(Other())
