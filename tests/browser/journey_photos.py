"""Real photos for the journey: people who form groups, and faces without a clear match.

Which people there are is not known beforehand: what the product's own models make of them decides.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from faces.services.people.index import WORTH_ASKING
from faces.vision.pipeline import FacePipeline, FoundFace
from faces.vision.profiles import profile_of

KNOWN = 3
"""People who are named; each has `CLEAR` clear photos, and `ASIDE`, who is merged and parted again, fewer."""
CLEAR, ASIDE = 5, 3
STRANGERS = 2
BLURRED = 4
"""So many photos of each named person are out of focus: each of them is one question."""
LESS_BLUR, BLUR, MORE_BLUR = 3.4, 4.0, 4.7
NEAR = 0.35
"""Clear photos of a person that are nearer to each other than this, on average, come out as one group."""
FAR = 0.585
"""A face this far from a group, with how clear it is taken in, joins none."""
NEAR_ENOUGH = 0.66
"""A face this near to a named person is a question."""
BESIDE = 0.015
"""An unclear face that is farther from the mean of a group than the rule allows, by so much, joins none."""


@dataclass(frozen=True, slots=True)
class Photos:
    """clear: sharp ones, of four people and strangers. out_of_focus: blurred. another: new, and of `who`."""

    clear: list[Path]
    out_of_focus: list[Path]
    another: Path
    who: str


def photos_choose(*, pictures: Path, pipeline: FacePipeline, folder: Path) -> Photos:
    """Choose from a folder with one folder a person; what is out of focus is made, in `folder`."""
    assert profile_of(pipeline.embedder.name).calibration.distance(WORTH_ASKING) > NEAR_ENOUGH
    everybody = [(one, sorted(one.glob("*.jpg"))) for one in sorted(pictures.iterdir())]
    clear: list[Path] = []
    out_of_focus: list[Path] = []
    another: list[Path] = []
    of_many = (files for _one, files in everybody if len(files) > CLEAR + BLURRED)
    for files in of_many:
        group = _faces(files[:CLEAR], pipeline)
        if not _one_group(group):
            continue
        if len(another) == KNOWN:
            break
        blurred = list(islice(_out_of_focus(files[CLEAR + 1 :], group, pipeline, folder), BLURRED))
        if len(blurred) == BLURRED:
            clear += files[:CLEAR]
            out_of_focus += blurred
            another.append(files[CLEAR])
    else:
        raise AssertionError(f"too few people in {pictures} have photos that are alike")
    strangers = [files[0] for _one, files in everybody if len(files) == 1]
    return Photos(
        clear=[*clear, *files[:ASIDE], *strangers[:STRANGERS]],
        out_of_focus=out_of_focus,
        another=another[0],
        who=another[0].parent.name,
    )


def _faces(files: list[Path], pipeline: FacePipeline) -> list[FoundFace]:
    """The face in the middle of each picture that has one: whose picture it is."""
    found = pipeline.faces_in([np.asarray(Image.open(file).convert("RGB")) for file in files])
    return [min(faces, key=_from_the_middle) for faces in found if faces]


def _from_the_middle(face: FoundFace) -> float:
    return float(np.hypot(*(np.array(face.box.centre) - 0.5)))


def _one_group(faces: list[FoundFace]) -> bool:
    if len(faces) < CLEAR or any(face.quality.poor_reason for face in faces):
        return False
    vectors = _vectors(faces)
    return float((1 - vectors @ vectors.T).mean()) < NEAR


def _vectors(faces: list[FoundFace]) -> NDArray[np.float32]:
    return np.stack([face.clarity * face.vector for face in faces])


def _out_of_focus(
    files: list[Path], group: list[FoundFace], pipeline: FacePipeline, folder: Path
) -> Iterator[Path]:
    """Blur each photo until its face is near this person, but has no clear match."""
    mean = np.mean([face.vector for face in group], axis=0)
    mean /= np.linalg.norm(mean)
    near = (profile_of(pipeline.embedder.name).join_rule.unclear or 0.0) + BESIDE
    for file in files:
        made = folder / file.name
        radius = BLUR
        for _try in range(2):
            with Image.open(file) as picture:
                picture.convert("RGB").filter(ImageFilter.GaussianBlur(radius)).save(made, quality=95)
            faces = _faces([made], pipeline)
            distance = 1 - float(mean @ faces[0].vector) if faces else 2.0
            if distance > NEAR_ENOUGH:
                radius = LESS_BLUR
            elif not faces[0].quality.poor_reason or distance < near or _joins(faces[0], group):
                radius = MORE_BLUR
            else:
                yield made
                break


def _joins(face: FoundFace, group: list[FoundFace]) -> bool:
    return float((1 - _vectors(group) @ (face.clarity * face.vector)).mean()) < FAR
