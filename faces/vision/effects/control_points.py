"""The points that a morph moves, and the triangles between them."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faces.vision.effects.framing import Portrait
from faces.vision.effects.mesh import BROWS, CONTOURS, OVAL
from faces.vision.effects.outline import head_reach

Shape = NDArray[np.float64]
"""Control points: (n, 2) in pixels of a portrait, corresponding rows in all portraits of a morph."""
Triangles = NDArray[np.intp]
"""Corners of triangles: (m, 3) rows of a shape."""

LEAST_REACH, MOST_REACH = 1.08, 2.1
NECK_REACH = 1.3
"""Reach of the ring below the jaw, where there is no outline that both portraits have."""
OUTER = 0.35
"""Distance of the outer ring from the inner one: it keeps the background from being pulled along."""
JAW = 0.35
"""Height from which the oval counts as jaw: below its middle, in halves of its height."""
ALIKE, ALIKE_ABOVE = 0.12, 0.25
"""Greatest difference of a ring from the mean of both, as a part of it: beside the ears, and above them."""
EDGE_POINTS = 5
"""Points along each side of the portrait, which do not move."""
MARGIN = 2
"""Pixels between a control point and the edge of the portrait."""
LEAST_AREA = 0.01
"""Square pixels that a triangle must have in every shape: a smaller one is folded or has no inverse. One that
is small in the mean already may shrink to an eighth."""
WEIGHT = 0.4
"""Weight of a point on a contour (eyes, brows, lips, oval) when points are left out; of the skin: 1."""


@dataclass(frozen=True, slots=True)
class Joined:
    """Two shapes with the same triangles, none of which is folded on the way from one to the other."""

    first: Shape
    second: Shape
    triangles: Triangles


def control_points(portrait: Portrait, reach: NDArray[np.float64]) -> Shape:
    """Return the shape of a portrait: the frame, the 468 landmarks, and two rings around the head.

    reach: of the inner ring, (36,), in distances of the oval's points from its middle. The inner ring lies on
    the outline of the head, so that hair and ears are carried over to each other. Points of the rings may lie
    outside the portrait.
    """
    oval = portrait.points[list(OVAL)]
    middle = oval.mean(axis=0)
    inner = (middle + (oval - middle) * reach[:, None])[::2]
    outer = (middle + (oval - middle) * (reach + OUTER)[:, None])[::3]
    last = portrait.side - 1
    steps = np.linspace(0, last, EDGE_POINTS)
    edge = np.array([(x, y) for x in steps for y in steps if x in (0, last) or y in (0, last)])
    return np.concatenate([edge, portrait.points, inner, outer])


def common_reach(*portraits: Portrait) -> list[NDArray[np.float64]]:
    """Return the reach of each portrait's inner ring.

    It follows the outlines of the heads as far as they are alike: an ear that is carried over to the edge of
    long hair would be drawn out to a horn.
    """
    found = []
    for portrait in portraits:
        oval = portrait.points[list(OVAL)]
        jaw = oval[:, 1] > oval[:, 1].mean() + JAW * np.ptp(oval[:, 1]) / 2
        reach = np.clip(head_reach(portrait), LEAST_REACH, MOST_REACH)
        found.append(_smoothed(np.where(jaw, NECK_REACH, reach)))
    mean = np.mean(found, axis=0)
    above = np.mean([_above_ears(portrait) for portrait in portraits], axis=0) > 0.5
    alike = _smoothed(np.where(above, ALIKE_ABOVE, ALIKE))
    return [np.clip(reach, mean * (1 - alike), mean * (1 + alike)) for reach in found]


def _above_ears(portrait: Portrait) -> NDArray[np.bool_]:
    """Return which points of the oval are higher than the brows."""
    return np.asarray(portrait.points[list(OVAL), 1] < portrait.points[[*BROWS], 1].mean())


def _smoothed(ring: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean of each value of a closed ring and its four neighbours."""
    return np.asarray(np.mean([np.roll(ring, shift) for shift in (-2, -1, 0, 1, 2)], axis=0))


def join(first: Portrait, second: Portrait) -> Joined:
    """Return the shapes of two portraits of one side, with the Delaunay triangles of their mean.

    A folded triangle would show skin twice and lose what is beneath. Where one is, as on the far cheek of a
    turned face, a corner of it is left out, rather one of the skin than one of a contour, until none is. The
    frame stays: it does not move, so this ends.
    """
    reaches = common_reach(first, second)
    one, other = control_points(first, reaches[0]), control_points(second, reaches[1])
    last = first.side - 1
    inside = [((shape >= MARGIN) & (shape <= last - MARGIN)).all(axis=1) for shape in (one, other)]
    keep = np.asarray(inside[0] & inside[1])
    frame = 4 * (EDGE_POINTS - 1)
    keep[:frame] = True
    weights = np.ones(len(one))
    weights[[frame + index for index in CONTOURS]] = WEIGHT
    weights[:frame] = 0
    while True:
        shapes = one[keep], other[keep]
        triangles = triangulate(*shapes)
        bad = triangles[folded(*shapes, triangles)]
        if not len(bad):
            return Joined(*shapes, triangles)
        rows = np.flatnonzero(keep)
        keep[rows[_corners_to_drop(bad, weights[keep])]] = False


def _corners_to_drop(bad: Triangles, weights: NDArray[np.float64]) -> list[int]:
    """Return corners so that each of the triangles has one of them: those that many have, first."""
    left = [tuple(int(corner) for corner in triangle) for triangle in bad]
    dropped = []
    while left:
        counts = Counter(corner for triangle in left for corner in triangle)
        worst = max(counts, key=lambda corner: (counts[corner] * weights[corner], -corner))
        dropped.append(worst)
        left = [triangle for triangle in left if worst not in triangle]
    return dropped


def triangulate(first: Shape, second: Shape) -> Triangles:
    """Return the Delaunay triangles of the mean of two shapes, all of them clockwise on the screen."""
    # Imported late: it takes half a second, and every process imports this module.
    from scipy.spatial import Delaunay  # noqa: PLC0415 - see above

    mean = (first + second) / 2
    triangles = np.asarray(Delaunay(mean).simplices, dtype=np.intp)
    backwards = _doubled_areas(mean, triangles) < 0
    triangles[backwards] = triangles[backwards][:, ::-1]
    return triangles


def folded(first: Shape, second: Shape, triangles: Triangles) -> NDArray[np.bool_]:
    """Return which triangles are folded over, (m,), in any shape on the way from `first` to `second`.

    The area of a triangle whose corners move evenly is a square function of time: its least value is at
    one of the ends or at its vertex.
    """
    start = _doubled_areas(first, triangles)
    end = _doubled_areas(second, triangles)
    middle = _doubled_areas((first + second) / 2, triangles)
    curve = 2 * (start + end - 2 * middle)
    slope = end - start - curve
    with np.errstate(divide="ignore", invalid="ignore"):
        vertex = np.clip(np.where(curve > 0, -slope / (2 * curve), 0.0), 0.0, 1.0)
    least = np.minimum(np.minimum(start, end), start + slope * vertex + curve * vertex**2)
    return np.asarray(least <= np.minimum(2 * LEAST_AREA, middle / 8))


def _doubled_areas(shape: Shape, triangles: Triangles) -> NDArray[np.float64]:
    """Return twice the signed area of each triangle."""
    origin = shape[triangles[:, 0]]
    one, other = shape[triangles[:, 1]] - origin, shape[triangles[:, 2]] - origin
    return np.asarray(one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0])
