"""One module per network."""

__all__ = [
    "age_gender",
    "age_gender_dlib",
    "facenet",
    "retinaface_mobilenet",
    "retinaface_resnet50",
    "sface",
    "viola_jones",
    "yunet",
]
