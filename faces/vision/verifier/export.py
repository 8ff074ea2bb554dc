"""A head as an ONNX file, and the opened file."""

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from albums.imaging.sessions import ModelSession
from faces.vision.verifier.head import Head

OPSET = 17
IR_VERSION = 8
"""Old enough for any onnxruntime since 1.14; nothing newer is needed."""


def head_to_onnx(head: Head) -> bytes:
    """Return the ONNX file of a head.

    Inputs: first, second: (n, d) float32, vectors of the embedder. Output: probability (n,) float32, 0..1.
    """
    size = len(head.mean)
    constants = {
        "mean": head.mean,
        "matrix": head.matrix,
        "weights": head.weights[:, None],
        "bias": np.array([float(head.bias)]),
        "least": np.array([1e-12]),
        "last": np.array([1], np.int64),
    }
    nodes = []
    for side in ("first", "second"):
        nodes += [
            helper.make_node("Sub", [side, "mean"], [f"{side}_centred"]),
            helper.make_node("MatMul", [f"{side}_centred", "matrix"], [f"{side}_turned"]),
            helper.make_node("ReduceL2", [f"{side}_turned"], [f"{side}_length"], axes=[1]),
            helper.make_node("Max", [f"{side}_length", "least"], [f"{side}_divisor"]),
            helper.make_node("Div", [f"{side}_turned", f"{side}_divisor"], [f"{side}_branch"]),
        ]
    nodes += [
        helper.make_node("Sub", ["first_branch", "second_branch"], ["difference"]),
        helper.make_node("Abs", ["difference"], ["distance"]),
        helper.make_node("Mul", ["first_branch", "second_branch"], ["product"]),
        helper.make_node("Concat", ["distance", "product"], ["features"], axis=1),
        helper.make_node("MatMul", ["features", "weights"], ["weighed"]),
        helper.make_node("Add", ["weighed", "bias"], ["log_odds"]),
        helper.make_node("Sigmoid", ["log_odds"], ["column"]),
        helper.make_node("Squeeze", ["column", "last"], ["probability"]),
    ]
    graph = helper.make_graph(
        nodes,
        "verifier",
        [helper.make_tensor_value_info(side, TensorProto.FLOAT, ["n", size]) for side in ("first", "second")],
        [helper.make_tensor_value_info("probability", TensorProto.FLOAT, ["n"])],
        [
            numpy_helper.from_array(value if value.dtype == np.int64 else value.astype(np.float32), name)
            for name, value in constants.items()
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
    onnx.checker.check_model(model, full_check=True)
    content: bytes = model.SerializeToString()
    return content


class Verifier:
    """An opened head. session: of a file of `head_to_onnx`."""

    def __init__(self, session: ModelSession) -> None:
        self._session = session

    def probability(self, first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
        """Return the probability, 0..1, that two vectors (d,) show the same person. Raises ModelFailed."""
        pair = (np.asarray(vector, np.float32)[None] for vector in (first, second))
        return float(self._session.run(*pair)[0][0])
