"""Mending SFace's published ONNX file.

Its graph lists its 145 arrays as inputs too, and 29 more that quantising has replaced. onnxruntime cannot
fold an array that could be fed, and asks for a value for the stale ones. It also says that it takes one face
at a time, which nothing in it needs.
"""

from __future__ import annotations

import onnx

from faces.vision.errors import ModelDamaged

NAME = "sface128"
PICTURE = "data"


def clean(published: bytes) -> bytes:
    """The same model with its pictures, any number of them, as the only input; the same bytes each time.

    Raises
    ------
    ModelDamaged
        It does not have the input that SFace has.
    """
    model = onnx.load_from_string(published)
    inputs = list(model.graph.input)
    names = [value.name for value in inputs]
    if PICTURE not in names:
        raise ModelDamaged(NAME, f"it has no input called {PICTURE!r} but {names[:3]}")
    del model.graph.input[:]
    model.graph.input.append(inputs[names.index(PICTURE)])
    for value in (*model.graph.input, *model.graph.output):
        value.type.tensor_type.shape.dim[0].dim_param = "n"
    # The shapes noted for the values in between say one face too.
    del model.graph.value_info[:]
    return bytes(model.SerializeToString(deterministic=True))
