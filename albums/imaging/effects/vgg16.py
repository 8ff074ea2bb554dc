"""The file of VGG16's convolutions, whose outputs describe the content and the style of a picture.

Only arrays: the network is run by `albums.imaging.effects.gatys`, which needs gradients.
"""

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from albums.imaging.model_errors import ModelDamaged

NAME = "vgg16_features"
KERNEL = 3
CHANNELS = 3
"""Blue, green, red: VGG16 was trained on pictures in OpenCV's order."""
MEANS = (103.939, 116.779, 123.68)
"""The means of ImageNet (0..255) in the order of the channels, which are subtracted from each picture."""
BLOCKS = ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512))
"""The number of convolutions and of channels of each block; a block begins at half the size of the last."""

LAYERS = {
    f"block{block}_conv{number}": channels
    for block, (count, channels) in enumerate(BLOCKS, 1)
    for number in range(1, count + 1)
}
"""The number of output channels of each convolution, in the order of the network."""


class Convolution(NamedTuple):
    """A convolution: weights (output channels, input channels, 3, 3) and bias (output channels,), float32."""

    weights: NDArray[np.float32]
    bias: NDArray[np.float32]


def features_write(path: Path, layers: Mapping[str, Convolution]) -> None:
    """Write all 13 convolutions to a file of NumPy arrays. Raises ModelDamaged if one is missing or wrong."""
    _check(layers)
    arrays = {}
    for name in LAYERS:
        arrays[f"{name}.weights"], arrays[f"{name}.bias"] = layers[name]
    with path.open("wb") as file:  # given a path, savez would add an extension
        np.savez(file, allow_pickle=False, **arrays)


def features_read(path: Path) -> dict[str, Convolution]:
    """Read the convolutions, in the order of the network. Raises ModelDamaged."""
    try:
        # A file of arrays could also hold pickled objects, which can run code.
        with np.load(path, allow_pickle=False) as file:
            layers = {name: Convolution(file[f"{name}.weights"], file[f"{name}.bias"]) for name in LAYERS}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise ModelDamaged(NAME, f"it cannot be read ({type(error).__name__})") from error
    _check(layers)
    return layers


def _check(layers: Mapping[str, Convolution]) -> None:
    inputs = CHANNELS
    for name, channels in LAYERS.items():
        if name not in layers:
            raise ModelDamaged(NAME, f"it has no convolution {name}")
        weights, bias = layers[name]
        if weights.shape != (channels, inputs, KERNEL, KERNEL) or bias.shape != (channels,):
            raise ModelDamaged(NAME, f"{name} has the shapes {weights.shape}, {bias.shape}")
        if weights.dtype != np.float32 or bias.dtype != np.float32:
            raise ModelDamaged(NAME, f"{name} has the types {weights.dtype}, {bias.dtype}")
        inputs = channels
