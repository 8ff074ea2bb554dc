"""A small, fast check on real pictures that the whole still sees what it should.

The figures that count are in benchmarks/; these bounds only catch what broke.
"""

import csv
import io
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from albums import imaging
from faces.vision.grouping.clustering import group_faces
from faces.vision.grouping.rules import UNASSIGNED
from faces.vision.pipeline import FacePipeline, FoundFace
from faces.vision.profiles import profile_of
from faces.vision.scan_size import SCAN_SIDE, scan_side
from faces.vision.types import Pixels

pytestmark = [pytest.mark.data, pytest.mark.slow(12)]

BATCH = 8
PAIRS = 30
"""Pairs of one person, and as many of two."""


def faces_of(pipeline: FacePipeline, files: Iterable[Path]) -> Iterator[tuple[Path, Pixels, list[FoundFace]]]:
    """Every photo with its faces, looked at as a worker does."""
    everything = list(files)
    for start in range(0, len(everything), BATCH):
        batch = everything[start : start + BATCH]
        pictures = [imaging.decode(file, max_side=SCAN_SIDE) for file in batch]
        yield from zip(batch, pictures, pipeline.faces_in(pictures), strict=True)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_everybody_in_a_group_photo_is_found(pipeline: FacePipeline, shared: Path) -> None:
    folder = shared / "friends_cast"
    counted = {
        folder / row["file"]: int(row["faces_by_eye"].split()[0])
        for row in rows_of(folder / "group_face_counts.csv")
        if row["faces_by_eye"][0].isdigit()
    }
    assert len(counted) == 6
    for file, _, faces in faces_of(pipeline, counted):
        assert abs(len(faces) - counted[file]) <= counted[file] // 6, file.name


def test_two_pictures_of_one_person_are_near_and_of_two_are_far(pipeline: FacePipeline, lfw: Path) -> None:
    rows = rows_of(lfw / "pairs.csv")
    # Spread over the whole list, so that many people are among them.
    pairs = []
    for same in ("1", "0"):
        of_kind = [row for row in rows if row["same"] == same]
        pairs += of_kind[:: len(of_kind) // PAIRS][:PAIRS]
    files = sorted({lfw / row[key] for row in pairs for key in ("file1", "file2")})
    vectors = {file: _in_the_middle(faces).vector for file, _, faces in faces_of(pipeline, files)}
    distances = np.array(
        [1 - float(vectors[lfw / row["file1"]] @ vectors[lfw / row["file2"]]) for row in pairs]
    )
    alike = np.array([row["same"] == "1" for row in pairs])
    best = max(float(((distances <= limit) == alike).mean()) for limit in distances)
    assert len(pairs) == 2 * PAIRS
    assert best >= 0.97


def _in_the_middle(faces: list[FoundFace]) -> FoundFace:
    """The labelled face of a picture: others may stand behind."""
    return min(faces, key=lambda face: float(np.hypot(*(np.array(face.box.centre) - 0.5))))


@pytest.mark.long
def test_a_small_album_comes_out_by_people(
    pipeline: FacePipeline, lfw: Path, shared: Path, tmp_path: Path
) -> None:
    maker = shared.parent / "tools" / "make_album.py"
    if not maker.exists():
        pytest.skip(f"there is no {maker}, which composes the album")
    arguments = [lfw / "images", tmp_path, "--photos", 40, "--people", 10, "--seed", 5]
    subprocess.run([sys.executable, maker, *map(str, arguments)], check=True)
    truth = rows_of(tmp_path / "truth.csv")

    boxes, photos, found = [], [], []
    for number, (file, picture, faces) in enumerate(
        faces_of(pipeline, sorted((tmp_path / "photos").iterdir()))
    ):
        for face in faces:
            boxes.append((file.name, face.box.scaled(picture.shape[1], picture.shape[0])))
            photos.append(number)
            found.append(face)
    labels = group_faces(
        np.stack([face.vector for face in found]),
        photos=np.array(photos),
        strong=np.array([not face.quality.poor_reason for face in found]),
        rule=profile_of(pipeline.embedder.name).join_rule,
    ).labels

    groups = []
    for index, row in enumerate(truth):
        x, y = float(row["cx"]), float(row["cy"])
        covering = [
            (abs(box.centre[0] - x) + abs(box.centre[1] - y), at)
            for at, (name, box) in enumerate(boxes)
            if name == row["photo"] and box.x <= x <= box.x + box.w and box.y <= y <= box.y + box.h
        ]
        group = int(labels[min(covering)[1]]) if covering else UNASSIGNED
        # A missed or unassigned face is a group of its own.
        groups.append(group if group != UNASSIGNED else -2 - index)
    assert len(boxes) >= 0.98 * len(truth)
    assert bcubed_f1([row["person"] for row in truth], groups) >= 0.95


def bcubed_f1(people: list[str], groups: list[int]) -> float:
    """Bagga and Baldwin's measure: for each face, how pure and how complete its group is."""
    both = Counter(zip(people, groups, strict=True))
    of_person, of_group = Counter(people), Counter(groups)
    precision = sum(count**2 / of_group[group] for (_, group), count in both.items()) / len(people)
    recall = sum(count**2 / of_person[person] for (person, _), count in both.items()) / len(people)
    return 2 * precision * recall / (precision + recall)


def test_a_face_that_fills_the_picture_is_one_face(pipeline: FacePipeline, lfw: Path) -> None:
    people = sorted(folder for folder in (lfw / "images").iterdir() if len(list(folder.iterdir())) >= 5)[:8]
    found: list[list[FoundFace]] = []
    shown: list[int] = []
    for number, person in enumerate(people):
        for file in sorted(person.iterdir())[:3]:
            picture = imaging.decode(file, max_side=SCAN_SIDE)
            box = min(
                pipeline.detector.detect(picture),
                key=lambda face: float(np.hypot(*(np.array(face.box.centre) - picture.shape[0] / 2))),
            ).box
            left, top = max(0, round(box.x)), max(0, round(box.y))
            close_up = Image.fromarray(picture[top : round(box.y + box.h), left : round(box.x + box.w)])
            width = (800, 1600, 2000)[len(found) % 3]
            size = (width, round(close_up.height * width / close_up.width))
            pixels = np.asarray(close_up.resize(size, Image.Resampling.LANCZOS))
            found.append(pipeline.faces_in([pixels])[0])
            shown.append(number)
    assert sum(len(faces) == 1 for faces in found) >= len(found) - 1
    vectors = np.stack([max(faces, key=lambda face: face.box.area).vector for faces in found])
    similarity = vectors @ vectors.T - 3 * np.eye(len(vectors))
    nearest = np.array(shown)[similarity.argmax(axis=1)]
    assert (nearest == np.array(shown)).sum() >= len(found) - 2


@pytest.mark.parametrize("upright", [False, True], ids=["lying", "upright"])
def test_the_faces_of_a_panorama_are_found_once_each_and_recognised(
    pipeline: FacePipeline, lfw: Path, upright: bool
) -> None:
    people = sorted(folder for folder in (lfw / "images").iterdir() if len(list(folder.iterdir())) >= 5)[:9]
    length, across = 6300, 700
    canvas = Image.linear_gradient("L").resize((across, length) if upright else (length, across))
    canvas = canvas.point(lambda grey: 90 + grey // 3).convert("RGB")
    places, faces = [], []
    for number, person in enumerate(people):
        source = Image.open(min(person.iterdir()))
        faces.append(pipeline.faces_in([np.asarray(source)])[0][0])
        side = (110, 190, 330, 500, 690)[number % 5]
        along, aside = number * 700 + 37 * number % (700 - side), (across - side) * number // len(people)
        left, top = (aside, along) if upright else (along, aside)
        canvas.paste(source.resize((side, side), Image.Resampling.LANCZOS), (left, top))
        box = faces[-1].box.scaled(side, side)
        places.append(((box.x + left + box.w / 2) / canvas.width, (box.y + top + box.h / 2) / canvas.height))
    file = io.BytesIO()
    canvas.save(file, "JPEG", quality=92)
    found = pipeline.faces_in([imaging.decode(file, max_side=scan_side)])[0]
    assert len(found) == len(people)
    vectors = np.stack([face.vector for face in faces])
    for number, (x, y) in enumerate(places):
        nearest = min(found, key=lambda face: float(np.hypot(face.box.centre[0] - x, face.box.centre[1] - y)))
        likeness = vectors @ nearest.vector
        assert likeness.argmax() == number
        assert likeness[number] > 0.8
