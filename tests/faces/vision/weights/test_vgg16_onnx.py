"""VGG16's convolutions are taken out of a classifier by the names of its nodes."""

import numpy as np
import onnx
from onnx import helper, numpy_helper

from faces.vision.weights.vgg16_onnx import convolutions


def test_convolutions_are_found_by_their_nodes_and_all_else_is_left() -> None:
    kernel = np.arange(54, dtype=np.float32).reshape(2, 3, 3, 3)
    bias = np.array([5, 6], np.float32)
    nodes = [
        helper.make_node("Conv", ["x", "k", "b"], ["model/block1_conv1_1/BiasAdd:0"]),
        helper.make_node("Relu", ["model/block1_conv1_1/BiasAdd:0"], ["model/block1_conv1_1/Relu:0"]),
        helper.make_node("Conv", ["model/block1_conv1_1/Relu:0", "k", "b"], ["other:0"]),
    ]
    value = helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, None)
    result = helper.make_tensor_value_info("other:0", onnx.TensorProto.FLOAT, None)
    arrays = [numpy_helper.from_array(kernel, "k"), numpy_helper.from_array(bias, "b")]
    model = helper.make_model(helper.make_graph(nodes, "classifier", [value], [result], arrays))
    found = convolutions(model.SerializeToString())
    assert list(found) == ["block1_conv1"]
    assert np.array_equal(found["block1_conv1"].weights, kernel)
    assert np.array_equal(found["block1_conv1"].bias, bias)
