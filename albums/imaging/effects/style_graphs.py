"""ONNX graphs of a style network: one that measures its normalisations, and one with them folded in.

An instance normalisation needs the mean and variance of a whole layer. The first graph computes them and
gives them out; in the second each is a factor and an addend of the convolution before it, so that a part of a
picture gets the same colours as the whole, and tiles have no seams.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from albums.imaging.effects.style_layers import EPSILON, Floats, Layer

OPSET, IR_VERSION = 17, 8
# Every side of an input must be a multiple of this: the networks halve it twice and double it twice.
STEP = 4


class Statistics(NamedTuple):
    """The mean and the variance of each channel of a layer's convolution, float32 (channels,)."""

    mean: Floats
    variance: Floats


def measuring_graph(layers: Sequence[Layer]) -> bytes:
    """Return a model with the input `image` and the outputs `styled`, then two for each normalised layer.

    image, styled: float32 (1, 3, height, width), RGB, 0 to 1; both sides are multiples of STEP.
    The two outputs of a layer are the mean and the variance of its channels, float32 (1, channels, 1, 1).
    """
    return _Graph(layers, None).model()


def folded_graph(layers: Sequence[Layer], statistics: Sequence[Statistics]) -> bytes:
    """Return a model without normalisations, from `image` to `styled`, as in `measuring_graph`.

    statistics: one for each normalised layer, in their order.
    """
    return _Graph(layers, statistics).model()


def statistics_of(outputs: Sequence[NDArray[np.float32]]) -> list[Statistics]:
    """Return the statistics in the outputs of a measuring model, without its picture."""
    means, variances = outputs[0::2], outputs[1::2]
    return [
        Statistics(mean.ravel(), variance.ravel()) for mean, variance in zip(means, variances, strict=True)
    ]


class _Graph:
    """A graph under construction."""

    def __init__(self, layers: Sequence[Layer], statistics: Sequence[Statistics] | None) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._constants: dict[str, onnx.TensorProto] = {}
        self._outputs = ["styled"]
        self._statistics = iter(statistics) if statistics is not None else None
        current, block_input = "image", ""
        for layer in layers:
            if layer.block == "first":
                block_input = current
            current = self._layer(layer, current)
            if layer.block == "second":
                current = self._node("Add", [block_input, current], f"{layer.name}.sum")
        self._node("Identity", [current], "styled")

    def model(self) -> bytes:
        """Return the model in ONNX's file format."""
        graph = helper.make_graph(
            self._nodes,
            "style",
            [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, "height", "width"])],
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, None, None, None])
             for name in self._outputs],
            list(self._constants.values()),
        )  # fmt: skip
        imports = [helper.make_opsetid("", OPSET)]
        return bytes(
            helper.make_model(graph, opset_imports=imports, ir_version=IR_VERSION).SerializeToString()
        )

    def _layer(self, layer: Layer, current: str) -> str:
        name = layer.name
        if layer.doubled:
            twice = self._constant("twice", np.array([1, 1, 2, 2], np.float32))
            current = self._node(
                "Resize", [current, "", twice], f"{name}.doubled",
                mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor",
            )  # fmt: skip
        border = layer.weight.shape[2] // 2
        sides = self._constant(
            f"border.{border}", np.array([0, 0, border, border, 0, 0, border, border], np.int64)
        )
        current = self._node("Pad", [current, sides], f"{name}.padded", mode="reflect")
        current = self._convolution(layer, current)
        if layer.activation:
            current = self._node(layer.activation, [current], f"{name}.active")
        return current

    def _convolution(self, layer: Layer, current: str) -> str:
        name, weight, bias = layer.name, layer.weight, layer.bias
        if layer.scale is None or layer.shift is None:
            return self._conv(name, current, weight, bias, layer.stride)
        if self._statistics is not None:
            mean, variance = next(self._statistics)
            factor = layer.scale / np.sqrt(variance + EPSILON)
            # The mean is that of the convolution with its bias.
            addend = layer.shift + ((0 if bias is None else bias) - mean) * factor
            return self._conv(name, current, weight * factor[:, None, None, None], addend, layer.stride)
        current = self._conv(name, current, weight, bias, layer.stride)
        mean_of = self._node("ReduceMean", [current], f"{name}.mean", axes=[2, 3])
        # The mean of squares minus the square of the mean is not precise enough: colours change by 6 of 255.
        current = self._node("Sub", [current, mean_of], f"{name}.centred")
        total = self._node("ReduceSumSquare", [current], f"{name}.total", axes=[2, 3])
        pixels = self._pixels(current, name)
        self._outputs += [mean_of, self._node("Div", [total, pixels], f"{name}.variance")]
        scale = self._constant(f"{name}.scale", layer.scale)
        shift = self._constant(f"{name}.shift", layer.shift)
        return self._node(
            "InstanceNormalization", [current, scale, shift], f"{name}.normalised", epsilon=EPSILON
        )

    def _pixels(self, current: str, name: str) -> str:
        """Add nodes that count the pixels of a layer, as a float of shape (1,)."""
        shape = self._node("Shape", [current], f"{name}.sides", start=2)
        count = self._node("ReduceProd", [shape], f"{name}.count", axes=[0])
        return self._node("Cast", [count], f"{name}.pixels", to=TensorProto.FLOAT)

    def _conv(self, name: str, current: str, weight: Floats, bias: Floats | None, stride: int) -> str:
        inputs = [current, self._constant(f"{name}.weight", weight)]
        if bias is not None:
            inputs.append(self._constant(f"{name}.bias", bias))
        return self._node("Conv", inputs, f"{name}.convolved", strides=[stride, stride])

    def _node(self, kind: str, inputs: Sequence[str], output: str, **attributes: object) -> str:
        self._nodes.append(helper.make_node(kind, list(inputs), [output], **attributes))
        return output

    def _constant(self, name: str, values: NDArray[np.float32] | NDArray[np.int64]) -> str:
        kind = values.dtype if values.dtype == np.int64 else np.float32
        self._constants[name] = numpy_helper.from_array(np.ascontiguousarray(values, dtype=kind), name)
        return name
