"""Turn a published file into the one that is used, and verify both; heavy to import (onnx, onnxruntime)."""

import ast
import shutil
from pathlib import Path

from albums.imaging.effects.vgg16 import features_read, features_write
from albums.imaging.sessions import open_session
from faces.services.model_store.npm import packed_files
from faces.vision.errors import ModelDamaged
from faces.vision.models import retinaface_resnet50
from faces.vision.weights import (
    age_gender_check,
    age_gender_onnx,
    facenet_check,
    facenet_onnx,
    mesh_check,
    sface_onnx,
    tflite_onnx,
    vgg16_onnx,
)
from faces.vision.weights.files import digest_of
from faces.vision.weights.table import ModelFile, Recipe


def produce(model: ModelFile, published: Path, target: Path) -> None:
    """Write the finished file. Raises ModelDamaged when the published one is not what the table says."""
    match model.recipe:
        case Recipe.FACENET:
            _convert_facenet(model, published, target)
        case Recipe.SFACE:
            _require(model, published)
            target.write_bytes(sface_onnx.clean(published.read_bytes()))
            open_session(target, name=model.name)
        case Recipe.FACE_API:
            _face_api(model, published, target)
            age_gender_check.check(open_session(target, name=model.name))
        case Recipe.TFLITE:
            _convert_mesh(model, published, target)
        case Recipe.VGG16:
            _extract_vgg16(model, published, target)
        case Recipe.PYTHON_LITERAL:
            if published.suffix == ".py":
                target.write_bytes(_literal(model, published))
            else:
                shutil.copyfile(published, target)
            _require(model, target)
        case Recipe.COPY:
            shutil.copyfile(published, target)
            if model.sha256:
                _require(model, target)
            else:
                retinaface_resnet50.check(open_session(target, name=model.name))


def _convert_facenet(model: ModelFile, published: Path, target: Path) -> None:
    if published.name == Path(model.file).name:
        # ONNX already: deepface's own, or a converted one. No digest is known; the answer is.
        shutil.copyfile(published, target)
    else:
        _require(model, published)
        target.write_bytes(facenet_onnx.convert(published))
    facenet_check.check(open_session(target, name=model.name))


def _face_api(model: ModelFile, published: Path, target: Path) -> None:
    """Convert the files in the package's archive, or copy an ONNX file of the network."""
    if published.name == Path(model.file).name:
        shutil.copyfile(published, target)
    else:
        _require(model, published)
        target.write_bytes(age_gender_onnx.convert(*packed_files(model, published)))


def _convert_mesh(model: ModelFile, published: Path, target: Path) -> None:
    if published.name == model.file:
        shutil.copyfile(published, target)  # converted before
    else:
        _require(model, published)
        target.write_bytes(tflite_onnx.convert(published.read_bytes(), name=model.name))
    mesh_check.check(open_session(target, name=model.name))


def _extract_vgg16(model: ModelFile, published: Path, target: Path) -> None:
    if published.name == model.file:
        shutil.copyfile(published, target)  # extracted before
    else:
        _require(model, published)
        features_write(target, vgg16_onnx.convolutions(published.read_bytes()))
    features_read(target)


def _require(model: ModelFile, path: Path) -> None:
    size = path.stat().st_size
    if size != model.size:
        raise ModelDamaged(model.name, f"{path.name} has {size} bytes, not {model.size}")
    digest = digest_of(path)
    if digest != model.sha256:
        raise ModelDamaged(model.name, f"{path.name} has the sha256 {digest}, not {model.sha256}")


def _literal(model: ModelFile, source: Path) -> bytes:
    """The bytes literal in a Python file, which is parsed and never run."""
    try:
        tree = ast.parse(source.read_bytes())
    except (SyntaxError, ValueError) as error:
        raise ModelDamaged(model.name, f"{source.name} is not Python ({error})") from error
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant):
            value = ast.literal_eval(statement.value)
            if isinstance(value, bytes):
                return value
    raise ModelDamaged(model.name, f"{source.name} holds no bytes literal")
