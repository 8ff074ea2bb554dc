"""The conversion of FaceNet, on a small network of the same layers and on the real one."""

import json
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from albums.imaging.sessions import open_session
from faces.vision.errors import ModelDamaged
from faces.vision.weights import facenet_check
from faces.vision.weights.facenet_onnx import _window, convert
from faces.vision.weights.files import digest_of, record_read
from faces.vision.weights.table import model_named

PLAIN: dict[str, Any] = {
    "data_format": "channels_last",
    "dilation_rate": [1, 1],
    "groups": 1,
    "activation": "linear",
}
NORMAL = {"center": True, "scale": False, "axis": [3], "epsilon": 0.001}


def layer(kind: str, name: str, sources: list[str], **config: Any) -> dict[str, Any]:
    calls = [[[source, 0, 0, {}] for source in sources]] if sources else []
    return {"class_name": kind, "name": name, "config": {"name": name, **config}, "inbound_nodes": calls}


def layers() -> list[dict[str, Any]]:
    """An input, a convolution that pads unevenly, its normalisation, and a mean."""
    return [
        layer("InputLayer", "pixels_in", [], batch_input_shape=[None, 160, 160, 3], dtype="float32"),
        layer(
            "Conv2D",
            "conv",
            ["pixels_in"],
            **PLAIN,
            filters=128,
            kernel_size=[3, 3],
            strides=[2, 2],
            padding="same",
            use_bias=False,
        ),
        layer("BatchNormalization", "norm", ["conv"], **NORMAL),
        layer("Activation", "relu", ["norm"], activation="relu"),
        layer("Dropout", "drop", ["relu"], rate=0.2),
        layer("GlobalAveragePooling2D", "mean", ["drop"], data_format="channels_last", keepdims=False),
    ]


def arrays() -> dict[str, NDArray[np.float32]]:
    random = np.random.default_rng(7)
    return {
        "conv/conv/kernel:0": random.normal(size=(3, 3, 3, 128)).astype(np.float32),
        "norm/norm/beta:0": random.normal(size=128).astype(np.float32),
        "norm/norm/moving_mean:0": random.normal(size=128).astype(np.float32),
        "norm/norm/moving_variance:0": random.uniform(0.5, 2, size=128).astype(np.float32),
    }


def keras_file(path: Path, described: list[dict[str, Any]], values: dict[str, NDArray[np.float32]]) -> Path:
    with h5py.File(path, "w") as file:
        config = {"layers": described, "output_layers": [[described[-1]["name"], 0, 0]]}
        file.attrs["model_config"] = json.dumps({"class_name": "Functional", "config": config})
        group = file.create_group("model_weights")
        for name, value in values.items():
            group[name] = value
    return path


def by_hand(pictures: NDArray[np.float32]) -> NDArray[np.float64]:
    """Compute the small network: 160 pixels at stride 2 are padded by one, below and to the right."""
    values = arrays()
    padded = np.pad(pictures.astype(np.float64), ((0, 0), (0, 1), (0, 1), (0, 0)))
    windows = sliding_window_view(padded, (3, 3), axis=(1, 2))[:, ::2, ::2]
    mapped = np.einsum("nyxchw,hwco->nyxo", windows, values["conv/conv/kernel:0"].astype(np.float64))
    spread = np.sqrt(values["norm/norm/moving_variance:0"].astype(np.float64) + 0.001)
    normal = (mapped - values["norm/norm/moving_mean:0"]) / spread + values["norm/norm/beta:0"]
    return np.asarray(np.maximum(normal, 0).mean(axis=(1, 2)))


def test_a_small_network_computes_what_it_computes_by_hand(tmp_path: Path) -> None:
    session = open_session(convert(keras_file(tmp_path / "small.h5", layers(), arrays())))
    pictures = np.random.default_rng(1).normal(size=(2, 160, 160, 3)).astype(np.float32)
    assert np.abs(session.run(pictures)[0] - by_hand(pictures)).max() < 1e-5


def test_the_same_file_gives_the_same_bytes(tmp_path: Path) -> None:
    path = keras_file(tmp_path / "small.h5", layers(), arrays())
    assert convert(path) == convert(path)


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "cells", "pads"),
    [
        pytest.param(160, 3, 2, 80, [0, 0, 1, 1], id="uneven"),
        pytest.param(17, 7, 1, 17, [3, 3, 3, 3], id="even"),
        pytest.param(5, 1, 2, 3, [0, 0, 0, 0], id="none"),
    ],
)
def test_same_padding_is_tensorflows(
    size: int, kernel: int, stride: int, cells: int, pads: list[int]
) -> None:
    config = {"padding": "same", "strides": [stride, stride]}
    found, attributes = _window("conv", config, size, (kernel, kernel))
    assert (found, attributes["pads"]) == (cells, pads)


def scaling(**changes: Any) -> dict[str, Any]:
    config = {"function": ["AAAA\n", None, None], "arguments": {"scale": 0.1}}
    return layer("Lambda", "scaled", ["norm"], **(config | changes))


@pytest.mark.parametrize(
    ("extra", "found"),
    [
        pytest.param(layer("LSTM", "odd", ["mean"]), "unknown kind LSTM", id="an unknown layer"),
        pytest.param(
            layer("Activation", "odd", ["mean"], activation="gelu"), "gelu", id="an unknown activation"
        ),
        pytest.param(
            layer("Activation", "odd", ["nowhere"], activation="relu"), "nowhere", id="a lost source"
        ),
        pytest.param(
            layer("BatchNormalization", "odd", ["mean"], **NORMAL), "does not follow", id="a lone norm"
        ),
        pytest.param(scaling(), "does not follow", id="a lone scaling"),
    ],
)
def test_a_layer_that_is_not_known_is_refused_and_named(
    tmp_path: Path, extra: dict[str, Any], found: str
) -> None:
    with pytest.raises(ModelDamaged, match=found):
        convert(keras_file(tmp_path / "odd.h5", [*layers(), extra], arrays()))


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        pytest.param({}, "another function", id="other bytecode"),
        pytest.param({"arguments": {"scale": 0.1, "more": 1}}, "not of a scale alone", id="other arguments"),
    ],
)
def test_bytecode_is_compared_and_never_run(tmp_path: Path, changes: dict[str, Any], found: str) -> None:
    with pytest.raises(ModelDamaged, match=found):
        convert(keras_file(tmp_path / "odd.h5", [*layers()[:3], scaling(**changes)], arrays()))


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        pytest.param("conv/conv/kernel:0", None, "is missing", id="missing"),
        pytest.param("norm/norm/beta:0", np.zeros(64, np.float32), "shape", id="of another shape"),
        pytest.param("norm/norm/beta:0", np.full(128, np.nan, np.float32), "not finite", id="not a number"),
    ],
)
def test_an_array_that_does_not_fit_is_named(
    tmp_path: Path, name: str, value: NDArray[np.float32] | None, found: str
) -> None:
    values = arrays()
    del values[name]
    if value is not None:
        values[name] = value
    with pytest.raises(ModelDamaged, match=found):
        convert(keras_file(tmp_path / "odd.h5", layers(), values))


def test_a_file_that_is_not_hdf5_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "page.h5"
    path.write_text("<html>")
    with pytest.raises(ModelDamaged, match="cannot be read"):
        convert(path)


def test_another_network_fails_the_functional_check(tmp_path: Path) -> None:
    session = open_session(convert(keras_file(tmp_path / "small.h5", layers(), arrays())))
    with pytest.raises(ModelDamaged, match="off by"):
        facenet_check.check(session)


def test_the_installed_facenet_gives_the_expected_vector_within_a_ten_thousandth(models_dir: Path) -> None:
    path = models_dir / model_named("facenet128").file
    session = open_session(path)
    error = np.abs(session.run(facenet_check.probe())[0][0] - facenet_check.EXPECTED).max()
    assert error < 1e-4
    record = record_read(path)
    assert record is not None
    assert record.sha256 == digest_of(path)


def test_faces_in_a_batch_get_the_vectors_that_they_get_alone(models_dir: Path) -> None:
    session = open_session(models_dir / model_named("facenet128").file)
    faces = np.random.default_rng(3).normal(size=(4, 160, 160, 3)).astype(np.float32)
    together = session.run(faces)[0]
    alone = np.concatenate([session.run(face[None])[0] for face in faces])
    assert np.abs(together - alone).max() < 1e-4
