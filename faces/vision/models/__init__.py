"""One module per network, and the sessions that run them."""

__all__ = [
    "age_gender",
    "age_gender_dlib",
    "facenet",
    "retinaface_mobilenet",
    "retinaface_resnet50",
    "sessions",
    "sface",
    "viola_jones",
    "yunet",
]
