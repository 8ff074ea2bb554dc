"""The file of VGG16's convolutions holds arrays only, and is complete."""

from pathlib import Path

import numpy as np
import pytest

from albums.imaging.effects.vgg16 import LAYERS, Convolution, features_read, features_write
from albums.imaging.model_errors import ModelDamaged


def layers() -> dict[str, Convolution]:
    made: dict[str, Convolution] = {}
    inputs = 3
    for name, channels in LAYERS.items():
        weights = np.zeros((channels, inputs, 3, 3), np.float32)
        made[name] = Convolution(weights, np.full(channels, len(made), np.float32))
        inputs = channels
    return made


def test_convolutions_are_read_as_written_in_the_order_of_the_network(tmp_path: Path) -> None:
    features_write(tmp_path / "vgg16_features.npz", layers())
    read = features_read(tmp_path / "vgg16_features.npz")
    assert list(read) == list(LAYERS)
    assert len(read) == 13
    assert [layer.bias[0] for layer in read.values()] == list(range(13))
    assert read["block4_conv1"].weights.shape == (512, 256, 3, 3)


def test_a_missing_or_wrong_convolution_is_named(tmp_path: Path) -> None:
    missing = layers()
    del missing["block3_conv2"]
    with pytest.raises(ModelDamaged, match="block3_conv2"):
        features_write(tmp_path / "file", missing)
    wrong = layers()
    wrong["block2_conv1"] = Convolution(np.zeros((128, 3, 3, 3), np.float32), np.zeros(128, np.float32))
    with pytest.raises(ModelDamaged, match="block2_conv1"):
        features_write(tmp_path / "file", wrong)
    wrong = layers()
    wrong["block1_conv1"] = Convolution(np.zeros((64, 3, 3, 3)), np.zeros(64))  # type: ignore[arg-type]  # 64-bit
    with pytest.raises(ModelDamaged, match="float64"):
        features_write(tmp_path / "file", wrong)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"\x80\x04N.", b"\x93NUMPY"])
def test_a_damaged_file_is_an_error_of_the_model(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(ModelDamaged):
        features_read(tmp_path / "file")
    with pytest.raises(ModelDamaged):
        features_read(tmp_path / "no such file")


def test_pickled_objects_are_never_loaded(tmp_path: Path) -> None:
    arrays = {f"{name}.{part}": np.array([print], object) for name in LAYERS for part in ("weights", "bias")}
    with (tmp_path / "file").open("wb") as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]  # a dict of arrays
    with pytest.raises(ModelDamaged, match="ValueError"):
        features_read(tmp_path / "file")
