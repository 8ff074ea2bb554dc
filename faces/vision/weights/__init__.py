"""Weights: the table, the files, the conversions. The one part of vision that handles files, not arrays."""

__all__ = [
    "age_gender_check",
    "age_gender_onnx",
    "facenet_check",
    "facenet_onnx",
    "files",
    "mesh_check",
    "model_file",
    "sface_onnx",
    "table",
    "tflite_file",
    "tflite_onnx",
    "vgg16_onnx",
]
