"""SFace's repaired file computes what the published one does."""

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

from albums.imaging.sessions import open_session
from faces.vision.errors import ModelDamaged
from faces.vision.weights.sface_onnx import PICTURE, clean

CHANNELS = 8


def published(*, slopes: float, shared: bool = False) -> onnx.ModelProto:
    """Return a network of one convolution, normalisation and PRelu with slopes up to this one.

    shared: the normalisation is read by a second node, too.
    """
    rng = np.random.default_rng(0)
    arrays = {
        "weight": rng.normal(size=(CHANNELS, 3, 3, 3)),
        "gamma": rng.uniform(0.5, 2, CHANNELS),
        "beta": rng.normal(size=CHANNELS),
        "mean": rng.normal(size=CHANNELS),
        "variance": rng.uniform(0.5, 2, CHANNELS),
        "slope": np.linspace(-0.7, slopes, CHANNELS).reshape(CHANNELS, 1, 1),
    }
    nodes = [
        helper.make_node("Conv", [PICTURE, "weight"], ["sums"], pads=[1, 1, 1, 1]),
        helper.make_node("BatchNormalization", ["sums", "gamma", "beta", "mean", "variance"], ["normal"]),
        helper.make_node("PRelu", ["normal", "slope"], ["bent"]),
        helper.make_node("Add", ["bent", "normal" if shared else "bent"], ["answer"]),
    ]
    inputs = [helper.make_tensor_value_info(PICTURE, onnx.TensorProto.FLOAT, [1, 3, 16, 16])]
    # The published file lists its arrays as inputs.
    inputs += [
        helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, list(array.shape))
        for name, array in arrays.items()
    ]
    graph = helper.make_graph(
        nodes,
        "sface",
        inputs,
        [helper.make_tensor_value_info("answer", onnx.TensorProto.FLOAT, [1, CHANNELS, 16, 16])],
        [numpy_helper.from_array(array.astype(np.float32), name) for name, array in arrays.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)


@pytest.mark.parametrize(
    ("slopes", "shared"), [(0.8, False), (1.4, False), (0.8, True)], ids=["below 1", "above 1", "read twice"]
)
def test_the_rewritten_network_gives_the_same_answers(slopes: float, shared: bool) -> None:
    model = published(slopes=slopes, shared=shared)
    picture = np.random.default_rng(1).normal(size=(1, 3, 16, 16)).astype(np.float32)
    cleaned = clean(model.SerializeToString())
    del model.graph.input[1:]  # one who runs the published file has to feed the arrays
    (expected,) = open_session(model.SerializeToString()).run(picture)
    (answer,) = open_session(cleaned).run(np.concatenate([picture, picture]))
    assert np.allclose(answer, [expected[0], expected[0]], atol=1e-5)
    assert not [node for node in onnx.load_from_string(cleaned).graph.node if node.op_type == "PRelu"]


def test_a_network_without_the_input_is_damaged() -> None:
    model = published(slopes=0.8)
    model.graph.input[0].name = "other"
    with pytest.raises(ModelDamaged, match="no input"):
        clean(model.SerializeToString())
