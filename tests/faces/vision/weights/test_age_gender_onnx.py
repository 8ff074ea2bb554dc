"""The conversion of face-api's weights: 8-bit arrays, and files that are not those of the network."""

import json
from collections.abc import Mapping

import numpy as np
import pytest

from faces.vision.errors import ModelDamaged
from faces.vision.weights.age_gender_check import check
from faces.vision.weights.age_gender_onnx import arrays_read, convert


def manifest(*entries: Mapping[str, object]) -> bytes:
    return json.dumps([{"weights": entries}]).encode()


FLOATS = {"name": "bias", "shape": [2], "dtype": "float32"}
BYTES = {
    "name": "filters",
    "shape": [1, 3],
    "dtype": "float32",
    "quantization": {"dtype": "uint8", "scale": 0.5, "min": -1.0},
}


def test_arrays_are_read_in_the_order_of_the_manifest() -> None:
    weights = np.array([1.5, -2], "<f4").tobytes() + bytes([0, 2, 255])
    arrays = arrays_read(weights, manifest(FLOATS, BYTES))
    assert arrays["bias"].tolist() == [1.5, -2]
    assert arrays["filters"].tolist() == [[-1, 0, 126.5]]


@pytest.mark.parametrize(
    ("weights", "description"),
    [
        (b"", b"<!DOCTYPE html>"),
        (b"", b"{}"),
        (b"1234567890123", manifest(FLOATS)),  # too long
        (b"1234", manifest(FLOATS)),  # too short
        (b"123", manifest({**BYTES, "quantization": {"dtype": "uint16", "scale": 1, "min": 0}})),
        (b"12345678", manifest(FLOATS)),  # whole, and of another network
    ],
)
def test_other_files_are_refused(weights: bytes, description: bytes) -> None:
    with pytest.raises(ModelDamaged, match="age_gender"):
        convert(weights, description)


@pytest.mark.parametrize("outputs", [[np.zeros((1, 1)), np.zeros((1, 2))], [np.zeros((1, 128))]])
def test_a_file_that_answers_differently_is_refused(outputs: list[np.ndarray]) -> None:
    class Other:
        def run(self, *_inputs: np.ndarray) -> list[np.ndarray]:
            return outputs

    with pytest.raises(ModelDamaged, match="answer"):
        check(Other())
