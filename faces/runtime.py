"""The models of this process, opened once, when first needed.

Never open them at import or before a worker forks: the threads of a session do not survive a fork.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from albums.imaging.memory import release_memory, retain_memory
from albums.imaging.sessions import open_session
from faces.conf import FaceSettings, face_settings
from faces.vision.effects.mesh import FaceMesh
from faces.vision.embedding import FaceEmbedder
from faces.vision.errors import VisionError
from faces.vision.models.age_gender import FALLBACK, AgeGender, AgeGenderModel
from faces.vision.models.age_gender_dlib import DlibAgeGender
from faces.vision.models.facenet import FaceNet128
from faces.vision.models.retinaface_mobilenet import RetinaFaceMobileNet
from faces.vision.models.retinaface_resnet50 import RetinaFaceResNet50
from faces.vision.models.sface import SFace
from faces.vision.models.viola_jones import ViolaJones
from faces.vision.models.yunet import YuNet
from faces.vision.pipeline import FacePipeline
from faces.vision.profiles import profile_of
from faces.vision.weights.age_gender_check import NAME as AGE_GENDER
from faces.vision.weights.facenet_check import check as facenet_check
from faces.vision.weights.files import State, inspect, installed_path
from faces.vision.weights.table import model_named

if TYPE_CHECKING:
    from faces.vision.profiles import Part
    from faces.vision.types import Detector, Embedder, Network

DLIB_MODELS = ("age_dlib", "gender_dlib")

_lock = threading.Lock()
_pipelines: dict[FaceSettings, FacePipeline] = {}
_estimators: dict[tuple[Path, str], AgeGenderModel] = {}
_meshes: dict[Path, FaceMesh] = {}


def get_pipeline(wanted: FaceSettings | None = None) -> FacePipeline:
    """Return the pipeline of the configured detector and embedder, or of `wanted`.

    Raises
    ------
    VisionError
        A model is missing or damaged; the message says how to mend it.
    """
    wanted = wanted or face_settings()
    with _lock:
        if wanted not in _pipelines:
            _pipelines[wanted] = FacePipeline(open_detector(wanted), open_embedder(wanted))
            retain_memory()
            release_memory()
        return _pipelines[wanted]


def age_gender_name() -> str:
    """Return the name of the installed model of age and gender: that of face-api, or else the fallback.

    Raises ModelMissing or ModelDamaged, of the first, when neither is installed.
    """
    folder = face_settings().models_dir
    try:
        installed_path(AGE_GENDER, folder)
    except VisionError:
        found = [inspect(model_named(name), folder).state for name in DLIB_MODELS]
        if found != [State.INSTALLED] * len(DLIB_MODELS):
            raise
        return FALLBACK
    return AGE_GENDER


def get_age_gender() -> AgeGenderModel:
    """Return the installed model of age and gender. Raises VisionError when there is none."""
    name, folder = age_gender_name(), face_settings().models_dir
    with _lock:
        if (folder, name) not in _estimators:
            if name == AGE_GENDER:
                model: AgeGenderModel = AgeGender(open_session(installed_path(name, folder)))
            else:
                age, gender = (open_session(installed_path(one, folder)) for one in DLIB_MODELS)
                model = DlibAgeGender(age, gender)
            _estimators[folder, name] = model
        return _estimators[folder, name]


def get_face_mesh() -> FaceMesh:
    """Return the network of 468 landmarks. Raises VisionError if it is missing or damaged."""
    path = installed_path("face_landmarks", face_settings().models_dir)
    with _lock:
        if path not in _meshes:
            _meshes[path] = FaceMesh(open_session(path))
        return _meshes[path]


def reset() -> None:
    """Close all models: for tests, and after a model was reinstalled."""
    with _lock:
        _pipelines.clear()
        _estimators.clear()
        _meshes.clear()


def open_detector(wanted: FaceSettings) -> Detector:
    """Open the configured detector."""
    path, side = installed_path(wanted.detector, wanted.models_dir), wanted.detection_side
    match wanted.detector:
        case "retinaface_mobilenet":
            return RetinaFaceMobileNet(open_session(path), long_side=side)
        case "retinaface_resnet50":
            return RetinaFaceResNet50(open_session(path), long_side=side)
        case "yunet":
            return YuNet(path, long_side=side)
        case "viola_jones":
            return ViolaJones(path, long_side=side)
        case other:
            raise ValueError(f"{other!r} is not a detector that this version knows")


def open_embedder(wanted: FaceSettings) -> Embedder:
    """Open the networks of the configured embedder."""
    profile = profile_of(wanted.embedder)
    networks = [_open_network(part, wanted.models_dir) for part in profile.parts]
    return FaceEmbedder(profile, networks)


def _open_network(part: Part, models_dir: Path) -> Network:
    path = installed_path(part.network.name, models_dir)
    match part.network.name:
        case "facenet128":
            return FaceNet128(_deepface_model("Facenet", path).forward, mirror_below=part.mirror_below)
        case "sface128":
            return SFace(open_session(path))
        case other:
            raise ValueError(f"{other!r} is not a network that this version knows")


def _deepface_model(name: str, path: Path) -> Any:
    """Build a recognition model with deepface, and open its session with our thread count.

    deepface gives every session as many threads as there are processors; those of several worker processes
    would compete for them.
    """
    # Imported late: deepface takes a second to import, and most commands never need it.
    from deepface import DeepFace  # noqa: PLC0415 - see above

    client = DeepFace.build_model(model_name=name)
    client.model = None  # frees its memory before the same weights are loaded again
    session = open_session(path)
    facenet_check(session)
    client.model = session.runtime
    return client
