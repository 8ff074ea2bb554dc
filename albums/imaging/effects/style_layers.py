"""The two style networks as lists of layers, read from their ONNX files.

Both are image transformation networks of Johnson et al. (2016) with conditional instance normalisation
(Dumoulin et al., 2017): three convolutions down to a quarter of the size, residual blocks, and two doublings
back up. They differ in where the scale and shift of a normalisation come from: `style_builtin` holds them for
26 styles, `style_painter` computes them from 100 numbers that `style_reader` reads in any picture (Ghiasi et
al., 2017).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper

from albums.imaging.model_errors import ModelDamaged

Floats = NDArray[np.float32]

BUILTIN_STYLES = 26
VECTOR_LENGTH = 100
BUILTIN_BLOCKS, PAINTER_BLOCKS = 6, 5
# Added to a variance before its root, as in the published graphs.
EPSILON = 1e-5


@dataclass(frozen=True, slots=True)
class Layer:
    """A convolution with reflected edges, an optional instance normalisation, and an activation.

    weight: float32 (out, in, side, side).
    bias: float32 (out,), or None.
    scale, shift: float32 (out,) of the normalisation, or None for a layer without one.
    doubled: the input is enlarged to twice its size first, by the nearest pixel.
    block: "first" and "second" are the halves of a residual block.
    """

    name: str
    weight: Floats
    bias: Floats | None = None
    scale: Floats | None = None
    shift: Floats | None = None
    stride: int = 1
    doubled: bool = False
    activation: Literal["Relu", "Sigmoid", ""] = "Relu"
    block: Literal["first", "second", ""] = ""


def builtin_layers(model: Path, mixture: Floats) -> list[Layer]:
    """Return the layers of `style_builtin`.

    mixture: float32 (26,), the share of each style; the shares of one style are 1 and else 0.

    Raises
    ------
    ModelDamaged
        The file is not the network that this function reads.
    """
    arrays = _initializers(onnx.load_model(model), model)

    def layer(name: str, **how: Any) -> Layer:
        def mixed(part: str) -> Floats:
            table = arrays[f"{name}.norm.{part}"].reshape(BUILTIN_STYLES, -1)
            return np.asarray(mixture @ table, dtype=np.float32)

        return Layer(name, arrays[f"{name}.w"], scale=mixed("gamma"), shift=mixed("beta"), **how)

    names = [f"res.{block}.{half}" for block in range(BUILTIN_BLOCKS) for half in (0, 1)]
    try:
        return [
            layer("contract.0"),
            layer("contract.1", stride=2),
            layer("contract.2", stride=2),
            *(
                layer(name, block="first")
                if name.endswith("0")
                else layer(name, block="second", activation="")
                for name in names
            ),
            layer("expand.0", doubled=True),
            layer("expand.1", doubled=True),
            layer("expand.2", activation="Sigmoid"),
        ]
    except (KeyError, ValueError) as error:
        raise ModelDamaged(model.stem, f"an array of the network is missing ({error})") from error


def painter_layers(model: Path, vector: Floats) -> list[Layer]:
    """Return the layers of `style_painter` for a style.

    The published graph has 8-bit weights and takes only 384 x 384 pixels. Its weights become float32, so that
    the network takes any size and its normalisations can be folded.

    vector: float32 (100,), what `style_reader` reads in the style picture.

    Raises
    ------
    ModelDamaged
        The file is not the network that this function reads.
    """
    try:
        graph = _PainterGraph(onnx.load_model(model), model)
        names = [f"residual{block}/conv{half}" for block in range(1, PAINTER_BLOCKS + 1) for half in (1, 2)]
        return [
            graph.layer("contract/conv1", vector, styled=False),
            graph.layer("contract/conv2", vector, styled=False, stride=2),
            graph.layer("contract/conv3", vector, styled=False, stride=2),
            *(
                graph.layer(f"residual/{name}", vector, block="first")
                if name.endswith("1")
                else graph.layer(f"residual/{name}", vector, block="second", activation="")
                for name in names
            ),
            graph.layer("expand/conv1/conv", vector, doubled=True),
            graph.layer("expand/conv2/conv", vector, doubled=True),
            graph.layer("expand/conv3/conv", vector, activation="Sigmoid"),
        ]
    except (LookupError, ValueError) as error:
        raise ModelDamaged(model.stem, f"a part of the network is missing ({error})") from error


class _PainterGraph:
    """The convolutions of the quantised graph by name, with their weights as float32."""

    def __init__(self, model: onnx.ModelProto, path: Path) -> None:
        arrays = _initializers(model, path)
        floats = {
            node.output[0]: _dequantized(node, arrays)
            for node in model.graph.node
            if node.op_type == "DequantizeLinear" and node.input[0] in arrays
        }
        self._convolutions = {
            node.output[0]: [floats[name] for name in node.input[1:]]
            for node in model.graph.node
            if node.op_type == "Conv"
        }

    def layer(self, name: str, vector: Floats, *, styled: bool = True, **how: Any) -> Layer:
        """Return one layer of the transformer; the name is the published one's."""
        weight, bias = self._convolution(f"transformer/{name}/")
        if not styled:
            return Layer(name, weight, bias, **how)
        norm = f"style_params/transformer/{name}/StyleNorm"
        return Layer(
            name,
            weight,
            bias,
            scale=self._linear(f"{norm}/Conv_1/BiasAdd", vector),
            shift=self._linear(f"{norm}/Conv/BiasAdd", vector),
            **how,
        )

    def _convolution(self, prefix: str) -> tuple[Floats, Floats | None]:
        for output, arrays in self._convolutions.items():
            if output.startswith(prefix):
                bias = arrays[1] if len(arrays) > 1 and np.any(arrays[1]) else None
                return arrays[0], bias
        raise LookupError(prefix)

    def _linear(self, prefix: str, vector: Floats) -> Floats:
        """Return the output of a layer of 1 x 1 convolutions on a vector."""
        weight, bias = self._convolution(prefix)
        product = weight.reshape(len(weight), -1) @ vector
        return np.asarray(product if bias is None else product + bias, dtype=np.float32)


def _dequantized(node: onnx.NodeProto, arrays: Mapping[str, NDArray[Any]]) -> Floats:
    values, scale, *zero = (arrays[name] for name in node.input)
    zero_point = zero[0] if zero else np.zeros_like(scale)
    if scale.size > 1:
        axis = next((attribute.i for attribute in node.attribute if attribute.name == "axis"), 1)
        shape = [1] * values.ndim
        shape[axis] = -1
        scale, zero_point = scale.reshape(shape), zero_point.reshape(shape)
    return np.asarray((values.astype(np.float32) - zero_point.astype(np.float32)) * scale, dtype=np.float32)


def _initializers(model: onnx.ModelProto, path: Path) -> dict[str, NDArray[Any]]:
    arrays = {array.name: numpy_helper.to_array(array) for array in model.graph.initializer}
    if not arrays:
        raise ModelDamaged(path.stem, "it holds no weights")
    return arrays
