"""Convert a TensorFlow Lite network of plain float layers to ONNX, without TensorFlow.

Only the six kinds of layers of MediaPipe's face mesh are known; any other layer or setting is an error. The
pictures go in as (n, height, width, channels), as in the published file; inside, the channels come first.
"""

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from faces.vision.errors import ModelDamaged
from faces.vision.weights.tflite_file import Layer, Network, Value, read_tflite

OPSET = 17
IR_VERSION = 8
"""Old enough for any onnxruntime since 1.14; nothing newer is needed."""

SAME_PADDING = 0
CHANNELS_FIRST = (0, 3, 1, 2)


def convert(content: bytes, *, name: str) -> bytes:
    """Return the ONNX model of a .tflite file; deterministic.

    Its inputs and outputs are those of the file in their order, for a batch of any size n; outputs of one
    pixel, (n, 1, 1, m) in the file, are (n, m). name: of the model, for errors.

    Raises ModelDamaged for a file that is broken, or has a layer or a setting that is not known.
    """
    network = read_tflite(content, name=name)
    writer = _Writer(network, name)
    for layer in network.layers:
        writer.add(layer)
    inputs = [_described(f"input{index}", network.values[index].shape) for index in network.inputs]
    outputs = [writer.finish(index) for index in network.outputs]
    graph = helper.make_graph(writer.nodes, name, inputs, outputs, writer.arrays)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
    model.ir_version = IR_VERSION
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString(deterministic=True))


class _Writer:
    """The ONNX graph as it grows. A value is named after its index in the file."""

    def __init__(self, network: Network, name: str) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.arrays: list[onnx.TensorProto] = []
        self._values = network.values
        self._name = name
        for index in network.inputs:
            self._node("Transpose", [f"input{index}"], f"value{index}", perm=CHANNELS_FIRST)

    def add(self, layer: Layer) -> None:
        """Write one layer, whose inputs are written already."""
        (output,), source = layer.outputs, self._values[layer.inputs[0]]
        result, inputs = f"value{output}", [f"value{index}" for index in layer.inputs]
        match layer.kind:
            case "CONV_2D":
                padding, across, down, activation, *dilation = layer.options
                weight = self._constant(layer, 1).transpose(CHANNELS_FIRST)
                self._expect(layer, activation, dilation)
                window = _window(source, weight.shape[2:], (down, across), padding)
                self._convolution(layer, weight, result, strides=[down, across], pads=window)
            case "DEPTHWISE_CONV_2D":
                padding, across, down, multiplier, activation, *dilation = layer.options
                # One filter for each channel: (1, h, w, channels) in the file, (channels, 1, h, w) in ONNX.
                weight = self._constant(layer, 1).transpose(3, 0, 1, 2)
                self._expect(layer, activation, dilation, multiplier)
                window = _window(source, weight.shape[2:], (down, across), padding)
                self._convolution(
                    layer, weight, result, strides=[down, across], pads=window, group=len(weight)
                )
            case "MAX_POOL_2D":
                padding, across, down, wide, high, activation = layer.options
                self._expect(layer, activation)
                window = _window(source, (high, wide), (down, across), padding)
                self._node(
                    "MaxPool",
                    inputs,
                    result,
                    kernel_shape=[high, wide],
                    strides=[down, across],
                    pads=window,
                )
            case "PRELU":
                self._prelu(inputs[0], self._constant(layer, 1), result)
            case "ADD":
                self._expect(layer, layer.options[0])
                self._node("Add", inputs, result)
            case "PAD":
                margins = self._constant(layer, 1)[list(CHANNELS_FIRST)].astype(np.int64)
                pads = self._array(f"{result}/pads", margins.T.ravel())
                self._node("Pad", [inputs[0], pads], result)

    def finish(self, index: int) -> onnx.ValueInfoProto:
        """Write an output of the network: the channels last, and one pixel as a row."""
        shape = self._values[index].shape
        if shape[1:3] == (1, 1):
            self._node("Flatten", [f"value{index}"], f"output{index}", axis=1)
            return _described(f"output{index}", (shape[0], shape[3]))
        self._node("Transpose", [f"value{index}"], f"output{index}", perm=[0, 2, 3, 1])
        return _described(f"output{index}", shape)

    def _convolution(
        self, layer: Layer, weight: NDArray[np.generic], result: str, **attributes: int | list[int]
    ) -> None:
        inputs = [
            f"value{layer.inputs[0]}",
            self._array(f"{result}/weight", weight),
            self._array(f"{result}/bias", self._constant(layer, 2)),
        ]
        self._node("Conv", inputs, result, **attributes)

    def _prelu(self, source: str, slope: NDArray[np.generic], result: str) -> None:
        """Write x where x > 0, s x elsewhere, one s for each channel."""
        slopes = self._array(f"{result}/slope", slope.reshape(-1, 1, 1))
        self._node("PRelu", [source, slopes], result)

    def _node(self, kind: str, inputs: list[str], output: str, **attributes: object) -> None:
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))

    def _array(self, name: str, values: NDArray[np.generic]) -> str:
        self.arrays.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def _constant(self, layer: Layer, place: int) -> NDArray[np.generic]:
        value = self._values[layer.inputs[place]] if place < len(layer.inputs) else None
        if value is None or value.constant is None:
            raise ModelDamaged(self._name, f"a layer {layer.kind} has no stored array as its input {place}")
        return value.constant

    def _expect(
        self, layer: Layer, activation: int, dilation: list[int] | None = None, multiplier: int = 1
    ) -> None:
        # A dilation of 1 is the default, and may not be stored.
        if activation or multiplier != 1 or any(step > 1 for step in dilation or []):
            raise ModelDamaged(self._name, f"a layer {layer.kind} has the unknown settings {layer.options}")


def _window(source: Value, kernel: tuple[int, ...], strides: tuple[int, int], padding: int) -> list[int]:
    """Return the margins above, left, below and right: with SAME the odd one is below or to the right."""
    if padding != SAME_PADDING:
        return [0, 0, 0, 0]
    before, after = [], []
    for length, size, stride in zip(source.shape[1:3], kernel, strides, strict=True):
        margin = max((-(-length // stride) - 1) * stride + size - length, 0)
        before.append(margin // 2)
        after.append(margin - margin // 2)
    return before + after


def _described(name: str, shape: tuple[int, ...]) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", *shape[1:]])
