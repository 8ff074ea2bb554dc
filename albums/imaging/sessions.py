"""Model sessions: the only module that imports onnxruntime.

All other code uses `ModelSession`: arrays in, arrays out, and our errors. A session holds threads, so open it
in the process that uses it: never at import, and never before a worker forks.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray
from onnxruntime.capi.onnxruntime_pybind11_state import (
    EPFail,
    Fail,
    InvalidArgument,
    InvalidGraph,
    InvalidProtobuf,
    NoSuchFile,
    RuntimeException,
)
from onnxruntime.capi.onnxruntime_pybind11_state import NotImplemented as Unimplemented

from albums.imaging.model_errors import ModelDamaged, ModelFailed, ModelMissing

CPU = ["CPUExecutionProvider"]

ERRORS_ONLY = 3
"""onnxruntime's log severity: below it several published graphs flood stderr with harmless warnings."""

_LOAD_ERRORS = (Fail, InvalidArgument, InvalidGraph, InvalidProtobuf, Unimplemented, RuntimeException)
_RUN_ERRORS = (EPFail, Fail, InvalidArgument, Unimplemented, RuntimeException)


class ModelSession(Protocol):
    """An open model."""

    def run(self, *inputs: NDArray[Any]) -> list[NDArray[Any]]:
        """Return every output for these inputs. Raises ModelFailed if the runtime cannot compute them."""
        ...


class OnnxSession:
    """A model loaded by onnxruntime.

    Parameters
    ----------
    runtime : onnxruntime.InferenceSession
    name : str
        Named in errors.
    """

    def __init__(self, runtime: ort.InferenceSession, *, name: str) -> None:
        self.runtime = runtime
        self._name = name
        self._inputs = tuple(str(argument.name) for argument in runtime.get_inputs())

    def run(self, *inputs: NDArray[Any]) -> list[NDArray[Any]]:
        """Return every output for these inputs. Raises ModelFailed if the runtime cannot compute them."""
        if len(inputs) != len(self._inputs):
            raise ModelFailed(f"{self._name} takes {len(self._inputs)} inputs, not {len(inputs)}")
        try:
            outputs: Sequence[Any] = self.runtime.run(None, dict(zip(self._inputs, inputs, strict=True)))
        except _RUN_ERRORS as error:
            shapes = ", ".join(f"{array.dtype}{list(array.shape)}" for array in inputs)
            raise ModelFailed(f"{self._name} failed on {shapes}: {error}") from error
        return [np.asarray(output) for output in outputs]


def open_session(model: Path | bytes, *, threads: int = 1, name: str = "") -> OnnxSession:
    """Load a model for the processor.

    Parameters
    ----------
    model : Path or bytes
        An ONNX file, or its bytes.
    threads : int
        Threads per call. 1 is right in a worker: the workers are the parallelism, and the threads of several
        processes would compete for the processors.
    name : str
        Name of the model in errors; by default the stem of the file.

    Raises
    ------
    ModelMissing
        There is no such file.
    ModelDamaged
        onnxruntime cannot read it.
    """
    called = name or (model.stem if isinstance(model, Path) else "of these bytes")
    if isinstance(model, Path) and not model.is_file():
        raise ModelMissing(called, model)
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    options.log_severity_level = ERRORS_ONLY
    # The arena never returns memory and grows with every new picture size: after a panorama a worker would
    # hold that much for good. Without it FaceNet takes a few per cent longer.
    options.enable_cpu_mem_arena = False
    # Patterns are planned and cached per input shape: the same growth, and no gain when sizes differ.
    options.enable_mem_pattern = False
    # Threads that spin between two layers occupy a core that another worker could use.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    source = str(model) if isinstance(model, Path) else model
    try:
        runtime = ort.InferenceSession(source, sess_options=options, providers=CPU)
    except NoSuchFile as error:
        raise ModelMissing(called, model if isinstance(model, Path) else None) from error
    except _LOAD_ERRORS as error:
        raise ModelDamaged(called, f"onnxruntime cannot load it ({error})") from error
    return OnnxSession(runtime, name=called)
