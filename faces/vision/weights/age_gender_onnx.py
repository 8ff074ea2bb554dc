"""Convert face-api's age and gender network from its weight files to ONNX.

The published weights are one file of numbers and a manifest in JSON, which names each array with its shape;
8-bit arrays have a scale and a minimum. The graph is a small Xception (Chollet, arXiv:1610.02357): three
reduction blocks and two residual blocks of separable convolutions, the mean over the picture, and two linear
layers. Input (n, 3, 112, 112) float32: RGB minus the mean colour, divided by 255. Outputs: age (n, 1) in
years; probabilities (n, 2) of male and female.
"""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from faces.vision.errors import ModelDamaged
from faces.vision.weights.age_gender_check import NAME, SIDE

OPSET = 17
IR_VERSION = 8
"""As in `facenet_onnx`: old enough for any onnxruntime since 1.14."""

RESIDUAL_BLOCKS = 2
CONVOLUTIONS = 3
"""Separable convolutions of a residual block."""

Arrays = Mapping[str, NDArray[np.float32]]


def convert(weights: bytes, manifest: bytes) -> bytes:
    """Return the network as an ONNX file; deterministic.

    Raises
    ------
    ModelDamaged
        The manifest is unreadable, or does not fit the weights or the network.
    """
    try:
        arrays = arrays_read(weights, manifest)
        model = _Graph(arrays).model()
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise ModelDamaged(NAME, f"its weights are not those of the network ({error!r})") from error
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString(deterministic=True))


def arrays_read(weights: bytes, manifest: bytes) -> dict[str, NDArray[np.float32]]:
    """Return the arrays by name: float32 as stored, or 8-bit values times their scale plus their minimum.

    Raises KeyError, TypeError or ValueError for a manifest of another form or length.
    """
    arrays: dict[str, NDArray[np.float32]] = {}
    offset = 0
    for entry in json.loads(manifest)[0]["weights"]:
        shape = tuple(entry["shape"])
        count = int(np.prod(shape))
        packed = entry.get("quantization")
        if packed is None:
            array = np.frombuffer(weights, "<f4", count, offset)
            offset += 4 * count
        else:
            if packed["dtype"] != "uint8":
                raise ValueError(f"{entry['name']} has values of {packed['dtype']}")
            codes = np.frombuffer(weights, np.uint8, count, offset)
            array = codes.astype(np.float32) * np.float32(packed["scale"]) + np.float32(packed["min"])
            offset += count
        arrays[entry["name"]] = array.reshape(shape)
    if offset != len(weights):
        raise ValueError(f"{len(weights)} bytes of weights, and the manifest has {offset}")
    return arrays


class _Graph:
    """The graph while it is written. Methods take and return the names of values."""

    def __init__(self, arrays: Arrays) -> None:
        self._arrays = arrays
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []

    def model(self) -> onnx.ModelProto:
        """Return the whole network."""
        value = self._relu(self._convolution("picture", "entry_flow/conv_in", stride=2))
        value = self._reduction(value, "entry_flow/reduction_block_0", activated=True)
        value = self._reduction(value, "entry_flow/reduction_block_1")
        for number in range(RESIDUAL_BLOCKS):
            value = self._residual(value, f"middle_flow/main_block_{number}")
        value = self._reduction(value, "exit_flow/reduction_block")
        value = self._relu(self._separable(value, "exit_flow/separable_conv"))
        value = self._node("Flatten", [self._node("GlobalAveragePool", [value])])
        self._linear(value, "fc/age", output="age")
        gender = self._linear(value, "fc/gender", output="gender_logits")
        self._nodes.append(helper.make_node("Softmax", [gender], ["gender"], axis=1))
        graph = helper.make_graph(
            self._nodes,
            NAME,
            [helper.make_tensor_value_info("picture", TensorProto.FLOAT, ["n", 3, SIDE, SIDE])],
            [
                helper.make_tensor_value_info("age", TensorProto.FLOAT, ["n", 1]),
                helper.make_tensor_value_info("gender", TensorProto.FLOAT, ["n", 2]),
            ],
            self._constants,
        )
        opset = helper.make_opsetid("", OPSET)
        return helper.make_model(graph, opset_imports=[opset], ir_version=IR_VERSION)

    def _reduction(self, value: str, name: str, *, activated: bool = False) -> str:
        """Halve the picture: two separable convolutions and a pooling, plus a convolution of the input.

        activated: the input has passed a ReLU already.
        """
        inner = self._separable(value if activated else self._relu(value), f"{name}/separable_conv0")
        inner = self._separable(self._relu(inner), f"{name}/separable_conv1")
        pooled = self._node("MaxPool", [inner], kernel_shape=[3, 3], strides=[2, 2], auto_pad="SAME_UPPER")
        return self._node("Add", [pooled, self._convolution(value, f"{name}/expansion_conv", stride=2)])

    def _residual(self, value: str, name: str) -> str:
        inner = value
        for number in range(CONVOLUTIONS):
            inner = self._separable(self._relu(inner), f"{name}/separable_conv{number}")
        return self._node("Add", [inner, value])

    def _convolution(self, value: str, name: str, *, stride: int) -> str:
        filters = self._constant(self._arrays[f"{name}/filters"].transpose(3, 2, 0, 1))
        bias = self._constant(self._arrays[f"{name}/bias"])
        return self._node("Conv", [value, filters, bias], strides=[stride, stride], auto_pad="SAME_UPPER")

    def _separable(self, value: str, name: str) -> str:
        """Filter each channel on its own, then mix the channels."""
        depthwise = self._arrays[f"{name}/depthwise_filter"].transpose(2, 3, 0, 1)
        filters = self._constant(depthwise)
        value = self._node("Conv", [value, filters], group=depthwise.shape[0], auto_pad="SAME_UPPER")
        mixing = self._constant(self._arrays[f"{name}/pointwise_filter"].transpose(3, 2, 0, 1))
        return self._node("Conv", [value, mixing, self._constant(self._arrays[f"{name}/bias"])])

    def _linear(self, value: str, name: str, *, output: str) -> str:
        weights = self._constant(self._arrays[f"{name}/weights"])
        bias = self._constant(self._arrays[f"{name}/bias"])
        self._nodes.append(helper.make_node("Gemm", [value, weights, bias], [output]))
        return output

    def _relu(self, value: str) -> str:
        return self._node("Relu", [value])

    def _constant(self, array: NDArray[np.float32]) -> str:
        name = f"constant_{len(self._constants)}"
        values = np.ascontiguousarray(array, dtype=np.float32)
        self._constants.append(numpy_helper.from_array(values, name))
        return name

    def _node(self, operator: str, inputs: list[str], **attributes: Any) -> str:
        output = f"value_{len(self._nodes)}"
        self._nodes.append(helper.make_node(operator, inputs, [output], **attributes))
        return output
