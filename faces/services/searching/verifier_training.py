"""Train a verifier on a folder with a folder of pictures for each person."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from django.utils import timezone
from numpy.typing import NDArray

from albums import imaging
from albums.exceptions import ImageRefused
from albums.services.core.limits import image_limits
from faces.conf import face_settings
from faces.runtime import get_pipeline
from faces.services.searching.query_face import largest
from faces.services.searching.verifiers import verifier_save
from faces.vision.pipeline import FacePipeline, FoundFace
from faces.vision.scan_size import scan_side
from faces.vision.types import Box, Pixels
from faces.vision.verifier.charts import histogram_svg, roc_svg
from faces.vision.verifier.export import head_to_onnx
from faces.vision.verifier.splits import LEAST_PEOPLE
from faces.vision.verifier.training import GRID, Trained, train

TRIALS = len(GRID)
WHOLE = Box(0.0, 0.0, 1.0, 1.0)


class TooFewPeople(Exception):
    """The folder has fewer people with two faces or more than a test needs. people: their number."""

    def __init__(self, people: int) -> None:
        self.people = people
        super().__init__(f"{people} people with two faces or more; {LEAST_PEOPLE} are needed")


@dataclass(slots=True)
class LabelledFaces:
    """The faces of a folder.

    vectors: (n, d) float32 of length 1. people: (n,), numbers of the people. without_face, unreadable:
    pictures that are left out, relative to the folder.
    """

    vectors: NDArray[np.float32]
    people: NDArray[np.int64]
    without_face: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)


def pictures_by_person(folder: Path) -> list[tuple[str, list[Path]]]:
    """Return the people of a folder, PERSON/picture, with their pictures. Raises TooFewPeople, OSError."""
    found = [
        (person.name, sorted(path for path in person.iterdir() if path.is_file()))
        for person in sorted(folder.iterdir())
        if person.is_dir()
    ]
    people = [(name, pictures) for name, pictures in found if len(pictures) > 1]
    if len(people) < LEAST_PEOPLE:
        raise TooFewPeople(len(people))
    return people


def faces_read(
    people: Sequence[tuple[str, Sequence[Path]]], *, on_picture: Callable[[], object] = lambda: None
) -> LabelledFaces:
    """Return the largest face of each picture with its vector. Raises TooFewPeople, VisionError."""
    pipeline = get_pipeline(face_settings())
    vectors: list[NDArray[np.float32]] = []
    numbers: list[int] = []
    without_face: list[str] = []
    unreadable: list[str] = []
    for number, (name, pictures) in enumerate(people):
        for path in pictures:
            try:
                face = _face(_pixels(path), pipeline)
            except ImageRefused:
                unreadable.append(f"{name}/{path.name}")
            else:
                if face is None:
                    without_face.append(f"{name}/{path.name}")
                else:
                    vectors.append(face.vector)
                    numbers.append(number)
            on_picture()
    counts = np.bincount(np.array(numbers, np.int64), minlength=len(people))
    usable = np.flatnonzero(counts[numbers] > 1) if numbers else np.array([], np.int64)
    if (left := int((counts > 1).sum())) < LEAST_PEOPLE:
        raise TooFewPeople(left)
    return LabelledFaces(np.stack(vectors)[usable], np.array(numbers)[usable], without_face, unreadable)


def verifier_train(
    *, name: str, faces: LabelledFaces, seed: int = 0, on_trial: Callable[[], object] = lambda: None
) -> tuple[Trained, Path]:
    """Train a verifier, store it in place of one of the same name, and return it with its folder."""
    embedder = face_settings().embedder
    trained = train(faces.vectors, faces.people, seed=seed, on_trial=on_trial)
    pictures = {
        "roc.svg": roc_svg(trained.verifier, trained.distance, names=(name, embedder)),
        "histogram.svg": histogram_svg(trained.verifier),
    }
    metrics = metrics_of(trained, faces, embedder=embedder, seed=seed)
    folder = verifier_save(name=name, model=head_to_onnx(trained.head), metrics=metrics, pictures=pictures)
    return trained, folder


def metrics_of(trained: Trained, faces: LabelledFaces, *, embedder: str, seed: int) -> dict[str, Any]:
    """Return what metrics.json says: counts, hyperparameters, and the test beside the embedder's distance."""
    names = ("train", "validation", "test")
    return {
        "embedder": embedder,
        "trained_at": timezone.now().isoformat(timespec="seconds"),
        "seed": seed,
        "faces": len(faces.people),
        "people": dict(zip(names, trained.people, strict=True)),
        "settings": asdict(trained.settings),
        "trials": [asdict(trial) for trial in trained.trials],
        "verifier": asdict(trained.verifier),
        "distance": asdict(trained.distance),
    }


def _pixels(path: Path) -> Pixels:
    """Return a picture as upright RGB. Raises ImageRefused."""
    if path.suffix.lower() == ".pgm":  # a format of research data that the album itself does not take
        grey = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_COLOR_RGB)
        if grey is not None:
            return np.asarray(grey, np.uint8)
    return imaging.decode(path, max_side=scan_side, limits=image_limits())


def _face(pixels: Pixels, pipeline: FacePipeline) -> FoundFace | None:
    """Return the largest face; in a close head shot, where the detector finds none, that of the whole."""
    found = pipeline.faces_in([pixels])[0]
    if found:
        return found[largest([face.box for face in found])]
    whole = pipeline.face_at(pixels, WHOLE)
    return whole if whole.score > 0 else None


def pictures_count(people: Sequence[tuple[str, Sequence[Path]]]) -> int:
    """Return the number of all pictures."""
    return sum(len(pictures) for _name, pictures in people)
