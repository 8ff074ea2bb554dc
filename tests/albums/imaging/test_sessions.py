"""The one door to onnxruntime: arrays in, arrays out, errors of ours."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from albums.imaging.model_errors import ModelDamaged, ModelFailed, ModelMissing
from albums.imaging.sessions import open_session


def doubling() -> bytes:
    """A model that adds its (n, 3) input to itself."""
    given = helper.make_tensor_value_info("given", TensorProto.FLOAT, ["n", 3])
    doubled = helper.make_tensor_value_info("doubled", TensorProto.FLOAT, ["n", 3])
    graph = helper.make_graph(
        [helper.make_node("Add", ["given", "given"], ["doubled"])], "g", [given], [doubled]
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return bytes(model.SerializeToString())


def test_a_model_runs_from_bytes_and_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "doubling.onnx"
    path.write_bytes(doubling())
    given = np.arange(6, dtype=np.float32).reshape(2, 3)
    for session in (open_session(path), open_session(doubling(), threads=2)):
        (answer,) = session.run(given)
        assert np.array_equal(answer, given * 2)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="bin/manage fetch_models gone"):
        open_session(tmp_path / "gone.onnx")


def test_a_file_that_is_no_model_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "page.onnx"
    path.write_bytes(b"<!DOCTYPE html>" * 100)
    with pytest.raises(ModelDamaged, match="cannot load"):
        open_session(path)


def test_a_graph_with_an_unknown_operator_is_damaged() -> None:
    model = onnx.load_from_string(doubling())
    model.graph.node[0].op_type = "Dream"
    with pytest.raises(ModelDamaged):
        open_session(model.SerializeToString())


@pytest.mark.parametrize(
    "given",
    [
        pytest.param([np.zeros((2, 4), np.float32)], id="wrong shape"),
        pytest.param([np.zeros((2, 3), np.float64)], id="wrong type"),
        pytest.param([], id="no input"),
        pytest.param([np.zeros((2, 3), np.float32)] * 2, id="one too many"),
    ],
)
def test_an_input_that_does_not_fit_fails_with_our_error(given: list[np.ndarray]) -> None:
    with pytest.raises(ModelFailed, match="doubling"):
        open_session(doubling(), name="doubling").run(*given)
