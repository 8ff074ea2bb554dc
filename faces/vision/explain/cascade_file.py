"""The features and stages of a Viola-Jones cascade, read from OpenCV's XML file.

Viola and Jones, "Rapid object detection using a boosted cascade of simple features" (CVPR 2001). OpenCV runs
such a file but returns neither its features nor what its stages reject.
"""

from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

import numpy as np
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from numpy.typing import NDArray

from faces.vision.errors import ModelDamaged

STAGE_SLACK = 1e-5
"""OpenCV lowers the threshold of every stage by this much when it reads a file."""

RECTANGLES = 3
"""The most rectangles of one feature."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: a vote of features, each of which compares its value with a threshold.

    features: (n,) indices of features. thresholds: (n,), in units of the standard deviation of the window's
    inner square times its area. below, above: (n,) votes for a value below the threshold, or not below it.
    needed: the least sum of the votes with which a window passes.
    """

    features: NDArray[np.intp]
    thresholds: NDArray[np.float64]
    below: NDArray[np.float64]
    above: NDArray[np.float64]
    needed: float


@dataclass(frozen=True, slots=True)
class Cascade:
    """A cascade of stumps over upright rectangle features.

    side: pixels of the side of its window. rectangles: (features, 3, 4) x, y, width and height in the window.
    weights: (features, 3), 0 for a rectangle that the feature does not have.
    """

    side: int
    stages: tuple[Stage, ...]
    rectangles: NDArray[np.intp]
    weights: NDArray[np.float64]


def cascade_read(path: Path) -> Cascade:
    """Return the cascade in an XML file.

    Raises
    ------
    ModelDamaged
        The file is no cascade of stumps over upright rectangles with a square window.
    """
    try:
        root = fromstring(path.read_bytes()).find("cascade")
        if root is None or _text(root, "featureType") != "HAAR":
            raise ValueError("it has no rectangle features")
        side, height = int(_text(root, "width")), int(_text(root, "height"))
        if side != height:
            raise ValueError(f"its window of {side} x {height} is not square")
        rectangles, weights = _features(root)
        return Cascade(side, tuple(_stage(stage) for stage in _rows(root, "stages")), rectangles, weights)
    except (OSError, ParseError, DefusedXmlException, ValueError) as error:
        raise ModelDamaged("viola_jones", f"{path.name} cannot be explained ({error})") from error


def _features(root: Element) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    rows = _rows(root, "features")
    rectangles = np.zeros((len(rows), RECTANGLES, 4), dtype=np.intp)
    weights = np.zeros((len(rows), RECTANGLES))
    for number, row in enumerate(rows):
        if _text(row, "tilted", otherwise="0") != "0":
            raise ValueError("it has tilted features")
        for place, rectangle in enumerate(_rows(row, "rects")):
            *corner, weight = _numbers(rectangle)
            rectangles[number, place], weights[number, place] = corner, weight
    return rectangles, weights


def _stage(stage: Element) -> Stage:
    nodes, leaves = [], []
    for weak in _rows(stage, "weakClassifiers"):
        left, right, *node = _numbers(weak, "internalNodes")
        if (left, right) != (0, -1) or len(node) != 2:
            raise ValueError("its classifiers are trees")
        nodes.append(node)
        leaves.append(_numbers(weak, "leafValues"))
    node_table, leaf_table = np.array(nodes), np.array(leaves)
    return Stage(
        features=node_table[:, 0].astype(np.intp),
        thresholds=node_table[:, 1],
        below=leaf_table[:, 0],
        above=leaf_table[:, 1],
        needed=float(_text(stage, "stageThreshold")) - STAGE_SLACK,
    )


def _rows(parent: Element, name: str) -> list[Element]:
    found = parent.find(name)
    if found is None:
        raise ValueError(f"it has no {name}")
    return list(found)


def _text(parent: Element, name: str, *, otherwise: str | None = None) -> str:
    text = parent.findtext(name, otherwise)
    if text is None:
        raise ValueError(f"it has no {name}")
    return text.strip()


def _numbers(element: Element, name: str | None = None) -> list[float]:
    text = element.text if name is None else _text(element, name)
    return [float(number) for number in (text or "").split()]
