"""Repair SFace's published ONNX file.

Its graph lists its arrays as inputs, and 29 stale ones that quantisation has replaced: onnxruntime cannot
fold an array that could be fed, and requires values for the stale ones. It declares a batch of one face,
though nothing in it needs that. It dequantises its 8-bit weights on every run: here that is done once.
And onnxruntime is slow at PRelu, before and after which it also changes the order of the values: that is
rewritten in operators that keep the order. The output is the same (within 2e-6), in 40 % of the time.
"""

from collections import Counter

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper
from onnx.reference import ReferenceEvaluator

from faces.vision.errors import ModelDamaged

NAME = "sface128"
PICTURE = "data"
FOLDED = ("DequantizeLinear", "Reshape")

LEAST_REST = 0.01
"""1 minus the slope of a PRelu from which it can be divided by without losing digits."""


def clean(published: bytes) -> bytes:
    """Return the model with a batch of pictures as its only input; deterministic.

    Raises
    ------
    ModelDamaged
        SFace's input is missing.
    """
    model = onnx.load_from_string(published)
    graph = model.graph
    inputs = list(graph.input)
    names = [value.name for value in inputs]
    if PICTURE not in names:
        raise ModelDamaged(NAME, f"it has no input called {PICTURE!r} but {names[:3]}")
    _fold_weights(model)
    _rewrite_prelu(model)
    del graph.input[:]
    graph.input.append(inputs[names.index(PICTURE)])
    for value in (*graph.input, *graph.output):
        value.type.tensor_type.shape.dim[0].dim_param = "n"
    # The shapes of the intermediate values are for one face too.
    del graph.value_info[:]
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString(deterministic=True))


def _fold_weights(model: onnx.ModelProto) -> None:
    """Replace nodes that depend on arrays alone by their results, and drop arrays that no node reads."""
    graph = model.graph
    arrays = {array.name: numpy_helper.to_array(array) for array in graph.initializer}
    nodes = []
    for node in graph.node:
        if node.op_type in FOLDED and all(name in arrays for name in node.input):
            arrays[node.output[0]] = _result(model, node, [arrays[name] for name in node.input])
        else:
            nodes.append(node)
    read = {name for node in nodes for name in node.input}
    del graph.node[:]
    graph.node.extend(nodes)
    del graph.initializer[:]
    graph.initializer.extend(
        numpy_helper.from_array(np.ascontiguousarray(array), name)
        for name, array in arrays.items()
        if name in read
    )


def _result(
    model: onnx.ModelProto, node: onnx.NodeProto, inputs: list[NDArray[np.generic]]
) -> NDArray[np.generic]:
    """Return the output of one node, by onnx's reference implementation."""
    values = [onnx.helper.make_tensor_value_info(name, 0, None) for name in node.input]
    results = [onnx.helper.make_tensor_value_info(name, 0, None) for name in node.output]
    one = onnx.helper.make_model(
        onnx.helper.make_graph([node], node.name or node.op_type, values, results),
        opset_imports=list(model.opset_import),
        ir_version=model.ir_version,
    )
    answer = ReferenceEvaluator(one).run(None, dict(zip(node.input, inputs, strict=True)))
    return np.asarray(answer[0])


def _rewrite_prelu(model: onnx.ModelProto) -> None:
    """Write PRelu(x) = x where x > 0, s x elsewhere, in operators that onnxruntime has in its blocked layout.

    It is s x + (1 - s) max(x, 0), whose products are convolutions of each channel with a single weight. Where
    every s is below 1, the normalisation before it returns u = (1 - s) x, and max(u, 0) + s / (1 - s) u needs
    one product.
    """
    graph = model.graph
    arrays = {array.name: array for array in graph.initializer}
    makers = {node.output[0]: node for node in graph.node if node.op_type == "BatchNormalization"}
    readers = Counter(name for node in graph.node for name in node.input)
    nodes = []
    for node in graph.node:
        if node.op_type != "PRelu":
            nodes.append(node)
            continue
        (value, slope), (result,) = node.input, node.output
        slopes = numpy_helper.to_array(arrays[slope]).ravel()
        rest = 1 - slopes
        positive, scaled = f"{result}/positive", f"{result}/scaled"
        nodes.append(onnx.helper.make_node("Relu", [value], [positive]))
        maker = makers.get(value)
        if maker is not None and readers[value] == 1 and rest.min() > LEAST_REST:
            for name in maker.input[1:3]:  # its scale and its shift
                changed = numpy_helper.to_array(arrays[name]) * rest
                arrays[name].CopyFrom(numpy_helper.from_array(np.asarray(changed, np.float32), name))
            nodes.append(_product(graph, value, slopes / rest, scaled))
        else:
            nodes.append(_product(graph, value, slopes, scaled))
            nodes.append(_product(graph, positive, rest, f"{result}/added"))
            positive = f"{result}/added"
        nodes.append(onnx.helper.make_node("Add", [scaled, positive], [result]))
    del graph.node[:]
    graph.node.extend(nodes)


def _product(
    graph: onnx.GraphProto, value: str, factors: NDArray[np.floating], result: str
) -> onnx.NodeProto:
    """Return a node that multiplies each channel by its own factor: a grouped convolution of 1 x 1."""
    weight = np.asarray(factors, dtype=np.float32).reshape(-1, 1, 1, 1)
    graph.initializer.append(numpy_helper.from_array(weight, f"{result}/factors"))
    return onnx.helper.make_node(
        "Conv", [value, f"{result}/factors"], [result], group=len(weight), kernel_shape=[1, 1]
    )
