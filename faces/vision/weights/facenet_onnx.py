"""Convert FaceNet from a Keras file to ONNX, without Keras.

The published weights are a Keras HDF5 file whose 21 scaling layers carry marshalled Python bytecode, which
Keras would run. So the file is read as data: the layers from its JSON, the arrays with h5py; and the same
graph is written with onnx. A layer of an unknown kind or with an unexpected setting is an error.

The network is InceptionResNetV1 (Szegedy et al., arXiv:1602.07261; FaceNet: Schroff et al.,
arXiv:1503.03832). The result has the layout of deepface's own ONNX file: input (n, 160, 160, 3) float32,
output (n, 128) float32.

Constants that follow a convolution are folded into it, in float64: a batch normalisation into its weights and
bias, the scaling of a residual branch too. It is the same function, in a third of the nodes.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from faces.vision.errors import ModelDamaged
from faces.vision.weights.facenet_check import DIMENSIONS, NAME, SIDE

OPSET = 17
IR_VERSION = 8
"""Old enough for any onnxruntime since 1.14; nothing newer is needed."""

SCALING_BYTECODE = "18e0a243d01ca96c3a9d11aae0cd66382578702d7b20a911944d5e9705d59b99"
"""sha256 of the scaling layers' bytecode as base64 text, disassembled by hand: `lambda x, scale: x * scale`.
Only the text is compared: it is never unmarshalled."""


@dataclass(frozen=True, slots=True)
class Folded:
    """A value in the graph: its name, and what is known of it while the graph is written."""

    name: str
    size: int
    """Height and width in pixels, which are equal all through this network; 0 once they are averaged away."""
    channels: int


@dataclass(slots=True)
class Linear:
    """A convolution or a matrix that is not written yet, so that what follows can be folded into it."""

    source: Folded
    weight: NDArray[np.float64]
    """Output channels first."""
    bias: NDArray[np.float64]
    size: int
    attributes: dict[str, Any]


class _Graph:
    """The ONNX graph as it grows, and the layers it grows from."""

    def __init__(self, layers: list[dict[str, Any]], weights: h5py.Group) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.arrays: list[onnx.TensorProto] = []
        self._values: dict[str, Folded | Linear] = {}
        self._weights = weights
        self._readers = Counter(source for layer in layers for source in _sources(layer))

    def add(self, layer: Mapping[str, Any]) -> None:
        """Write one layer, whose sources are written already."""
        kind, name, config = str(layer["class_name"]), str(layer["name"]), layer["config"]
        match kind:
            case "InputLayer":
                self._values[name] = self._input(name, config)
            case "Conv2D":
                self._values[name] = self._convolution(name, config, self._value(layer))
            case "Dense":
                self._values[name] = self._dense(name, config, self._value(layer))
            case "BatchNormalization":
                self._values[name] = self._normalisation(name, config, self._linear(layer, kind))
            case "Lambda":
                linear, scale = self._linear(layer, kind), _scale(name, config)
                self._values[name] = _times(linear, np.full(linear.bias.shape, scale))
            case "Activation":
                _expect(name, config, {"activation": "relu"})
                value = self._value(layer)
                self._values[name] = self._node("Relu", name, [value], value.size, value.channels)
            case "MaxPooling2D":
                self._values[name] = self._pooling(name, config, self._value(layer))
            case "Concatenate":
                _expect(name, config, {"axis": 3})
                parts = [self._written(source) for source in _sources(layer)]
                channels = sum(part.channels for part in parts)
                self._values[name] = self._node("Concat", name, parts, parts[0].size, channels, axis=1)
            case "Add":
                parts = [self._written(source) for source in _sources(layer)]
                self._values[name] = self._node("Add", name, parts, parts[0].size, parts[0].channels)
            case "GlobalAveragePooling2D":
                _expect(name, config, {"data_format": "channels_last", "keepdims": False})
                value = self._value(layer)
                pooled = self._node("GlobalAveragePool", f"{name}/pooled", [value], 0, value.channels)
                self._values[name] = self._node("Flatten", name, [pooled], 0, value.channels, axis=1)
            case "Dropout":
                # It does nothing when a network is used rather than trained.
                self._values[name] = self._value(layer)
            case _:
                raise ModelDamaged(NAME, f"layer {name} is of the unknown kind {kind}")

    def finish(self, name: str) -> None:
        """Call the value of layer `name` the graph's output."""
        value = self._written(name)
        self.nodes.append(helper.make_node("Identity", [value.name], ["embedding"], name="embedding"))

    def _value(self, layer: Mapping[str, Any]) -> Folded:
        sources = _sources(layer)
        if len(sources) != 1:
            raise ModelDamaged(NAME, f"layer {layer['name']} has {len(sources)} inputs, not 1")
        return self._written(sources[0])

    def _linear(self, layer: Mapping[str, Any], kind: str) -> Linear:
        """The convolution or matrix before a layer that is folded into it, when nothing else reads it."""
        sources = _sources(layer)
        value = self._values.get(sources[0]) if len(sources) == 1 else None
        if not isinstance(value, Linear) or self._readers[sources[0]] != 1:
            raise ModelDamaged(NAME, f"{kind} {layer['name']} does not follow a convolution of its own")
        return value

    def _written(self, name: str) -> Folded:
        """The value of a layer; a convolution that was held back is written now."""
        value = self._values.get(name)
        match value:
            case Folded():
                return value
            case Linear():
                folded = self._write(name, value)
                self._values[name] = folded
                return folded
            case None:
                raise ModelDamaged(NAME, f"layer {name} is read before it is defined")

    def _write(self, name: str, linear: Linear) -> Folded:
        weight, bias = self._array(f"{name}/weight", linear.weight), self._array(f"{name}/bias", linear.bias)
        channels = len(linear.bias)
        kind = "Conv" if linear.weight.ndim == 4 else "Gemm"
        inputs = [linear.source, Folded(weight, 0, 0), Folded(bias, 0, 0)]
        return self._node(kind, name, inputs, linear.size, channels, **linear.attributes)

    def _node(
        self, kind: str, name: str, inputs: list[Folded], size: int, channels: int, **attributes: Any
    ) -> Folded:
        names = [value.name for value in inputs]
        self.nodes.append(helper.make_node(kind, names, [name], name=name, **attributes))
        return Folded(name, size, channels)

    def _array(self, name: str, values: NDArray[np.float64]) -> str:
        self.arrays.append(numpy_helper.from_array(np.ascontiguousarray(values, dtype=np.float32), name))
        return name

    def _read(self, layer: str, array: str, shape: tuple[int, ...]) -> NDArray[np.float64]:
        path = f"{layer}/{layer}/{array}:0"
        found = self._weights.get(path)
        if not isinstance(found, h5py.Dataset):
            raise ModelDamaged(NAME, f"the array {path} is missing")
        if found.shape != shape:
            raise ModelDamaged(NAME, f"the array {path} has the shape {found.shape}, not {shape}")
        values = np.asarray(found, dtype=np.float64)
        if not np.isfinite(values).all():
            raise ModelDamaged(NAME, f"the array {path} holds values that are not finite")
        return values

    def _input(self, name: str, config: Mapping[str, Any]) -> Folded:
        _expect(name, config, {"batch_input_shape": [None, SIDE, SIDE, 3], "dtype": "float32"})
        return self._node("Transpose", "pixels", [Folded("input", SIDE, 3)], SIDE, 3, perm=[0, 3, 1, 2])

    def _convolution(self, name: str, config: Mapping[str, Any], source: Folded) -> Linear:
        plain = {"data_format": "channels_last", "dilation_rate": [1, 1], "groups": 1, "activation": "linear"}
        _expect(name, config, plain)
        (high, wide), filters = config["kernel_size"], int(config["filters"])
        kernel = self._read(name, "kernel", (high, wide, source.channels, filters)).transpose(3, 2, 0, 1)
        bias = self._read(name, "bias", (filters,)) if config["use_bias"] else np.zeros(filters)
        size, attributes = _window(name, config, source.size, (high, wide))
        return Linear(source, kernel, bias, size, attributes)

    def _pooling(self, name: str, config: Mapping[str, Any], source: Folded) -> Folded:
        _expect(name, config, {"data_format": "channels_last"})
        size, attributes = _window(name, config, source.size, tuple(config["pool_size"]))
        return self._node("MaxPool", name, [source], size, source.channels, **attributes)

    def _dense(self, name: str, config: Mapping[str, Any], source: Folded) -> Linear:
        _expect(name, config, {"activation": "linear"})
        units = int(config["units"])
        kernel = self._read(name, "kernel", (source.channels, units)).T
        bias = self._read(name, "bias", (units,)) if config["use_bias"] else np.zeros(units)
        return Linear(source, kernel, bias, 0, {"transB": 1})

    def _normalisation(self, name: str, config: Mapping[str, Any], linear: Linear) -> Linear:
        _expect(name, config, {"center": True, "scale": False, "axis": [linear.weight.ndim - 1]})
        shape = linear.bias.shape
        spread = np.sqrt(self._read(name, "moving_variance", shape) + float(config["epsilon"]))
        result = _times(linear, 1 / spread)
        result.bias += self._read(name, "beta", shape) - self._read(name, "moving_mean", shape) / spread
        return result


def _sources(layer: Mapping[str, Any]) -> list[str]:
    calls = layer["inbound_nodes"]
    if len(calls) > 1:
        raise ModelDamaged(NAME, f"layer {layer['name']} is used {len(calls)} times")
    return [str(source[0]) for source in calls[0]] if calls else []


def _expect(name: str, config: Mapping[str, Any], wanted: Mapping[str, object]) -> None:
    for key, value in wanted.items():
        if config.get(key) != value:
            raise ModelDamaged(NAME, f"layer {name} has {key} = {config.get(key)!r}, not {value!r}")


def _scale(name: str, config: Mapping[str, Any]) -> float:
    """The factor of a scaling layer, which must do nothing but multiply by it."""
    arguments, function = config.get("arguments"), config.get("function")
    if not isinstance(arguments, dict) or list(arguments) != ["scale"] or not isinstance(function, list):
        raise ModelDamaged(NAME, f"layer {name} is a function of {arguments!r}, not of a scale alone")
    digest = hashlib.sha256("".join(str(function[0]).split()).encode()).hexdigest()
    if digest != SCALING_BYTECODE or function[1:] != [None, None]:
        raise ModelDamaged(NAME, f"layer {name} holds another function ({digest[:8]}) than the scaling")
    return float(arguments["scale"])


def _times(linear: Linear, factor: NDArray[np.float64]) -> Linear:
    """The same layer with each output channel multiplied by its factor."""
    weight = linear.weight * factor.reshape(-1, *[1] * (linear.weight.ndim - 1))
    return Linear(linear.source, weight, linear.bias * factor, linear.size, linear.attributes)


def _window(
    name: str, config: Mapping[str, Any], size: int, kernel: tuple[int, ...]
) -> tuple[int, dict[str, list[int]]]:
    """The size of the result and the attributes of a window that slides over `size` x `size`.

    'same' is TensorFlow's: the result has ceil(size / stride) cells, and when the padding is odd the extra
    row and column go to the bottom and the right.
    """
    strides = [int(stride) for stride in config["strides"]]
    before, after, sizes = [], [], []
    for window, stride in zip(kernel, strides, strict=True):
        match config["padding"]:
            case "valid":
                padding = 0
            case "same":
                padding = max((-(-size // stride) - 1) * stride + window - size, 0)
            case other:
                raise ModelDamaged(NAME, f"layer {name} has padding = {other!r}")
        before.append(padding // 2)
        after.append(padding - padding // 2)
        sizes.append((size + padding - window) // stride + 1)
    if sizes[0] != sizes[1]:
        raise ModelDamaged(NAME, f"layer {name} gives {sizes[0]} x {sizes[1]} cells, which is not square")
    return sizes[0], {"kernel_shape": list(kernel), "strides": strides, "pads": before + after}


def convert(source: Path) -> bytes:
    """The ONNX file for FaceNet's Keras file, the same bytes each time.

    Raises
    ------
    ModelDamaged
        The file is not HDF5, or anything in it is not as this conversion knows it.
    """
    try:
        with h5py.File(source, "r") as file:
            document = json.loads(file.attrs["model_config"])
            return _convert(document["config"], file["model_weights"])
    except (OSError, KeyError, ValueError, TypeError) as error:
        raise ModelDamaged(NAME, f"{source.name} cannot be read as a Keras model ({error!r})") from error


def _convert(config: Mapping[str, Any], weights: h5py.Group) -> bytes:
    layers: list[dict[str, Any]] = config["layers"]
    graph = _Graph(layers, weights)
    for layer in layers:
        graph.add(layer)
    graph.finish(config["output_layers"][0][0])
    inputs = [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["n", SIDE, SIDE, 3])]
    outputs = [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["n", DIMENSIONS])]
    model = helper.make_model(
        helper.make_graph(graph.nodes, NAME, inputs, outputs, graph.arrays),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="trombine",
    )
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString(deterministic=True))
