"""Download weights with the libraries whose authors publish them, into DEEPFACE_HOME.

Both libraries delete incomplete files and try a second address.
"""

from deepface.commons import folder_utils, weight_utils
from deepface.models.face_detection import YuNet
from deepface.models.facial_recognition.onnx import Facenet
from retinaface.commons import weight_utils as retina_weight_utils
from retinaface.model import retinaface_onnx_model

from faces.vision.weights.table import ModelFile


def download(model: ModelFile) -> str:
    """Download a model's file, and return its path. Raises ValueError when no address of it answers."""
    match model.name:
        case "facenet128":
            folder_utils.initialize_folder()
            addresses = Facenet.FACENET128_WEIGHTS
            path = weight_utils.download_weights_if_necessary("facenet_weights.onnx", addresses)
        case "yunet":
            folder_utils.initialize_folder()
            address = YuNet.WEIGHTS_URL
            path = weight_utils.download_weights_if_necessary(address.rsplit("/", 1)[-1], address)
        case "retinaface_resnet50":
            addresses = retinaface_onnx_model.WEIGHTS_URLS
            path = retina_weight_utils.download_weights_if_necessary("retinaface.onnx", source_urls=addresses)
        case name:
            raise ValueError(f"{model.publisher} does not know {name}")
    return str(path)
