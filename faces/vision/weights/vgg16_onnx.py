"""Extract VGG16's convolutions from an ONNX file of a classifier that was built on them.

Its publisher trained the layers behind the convolutions, which are ImageNet's: those of the first layer are
known (its first bias is 0.73429835).
"""

import re

import numpy as np
import onnx
from onnx import numpy_helper

from albums.imaging.effects.vgg16 import Convolution

_LAYER = re.compile(r"block\d_conv\d")


def convolutions(published: bytes) -> dict[str, Convolution]:
    """Return the convolutions by name ("block1_conv1"), as their nodes name them."""
    graph = onnx.load_from_string(published).graph
    arrays = {array.name: array for array in graph.initializer}
    found = {}
    for node in graph.node:
        name = _LAYER.search(node.output[0])
        if node.op_type == "Conv" and name:
            weights, bias = (numpy_helper.to_array(arrays[key]).astype(np.float32) for key in node.input[1:3])
            found[name.group()] = Convolution(weights, bias)
    return found
