"""The face that photos of one person have in common, among others in the background."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faces.vision.types import Vectors

ALONE_PROBABILITY = 0.05
"""Least probability of the same person at which the only face of a photo is taken for the photo's person."""


@dataclass(frozen=True, slots=True)
class CommonFaces:
    """The face of each photo that shows the person of all of them.

    selected: (photos,) int64, indexes of faces; -1 for a photo without one.
    distances: (photos,) float64, their cosine distances (0..2) from the mean of all, NaN without one.
    """

    selected: NDArray[np.int64]
    distances: NDArray[np.float64]


def common_faces(
    vectors: Vectors,
    *,
    photos: NDArray[np.int64],
    areas: NDArray[np.float64],
    photo_count: int,
    same: float,
    farthest_alone: float,
) -> CommonFaces:
    """Return the face in each photo that shows the person of all photos.

    A face counts in each photo that has one like it, by the area of that one relative to the photo's largest
    face. So the person is the one who is in most of the photos, and in front. Of one photo it is the largest.

    vectors: (n, dimensions), each of length 1. photos: (n,), the number of each face's photo, from 0 to below
    photo_count. areas: (n,), shares of the photo, above 0. same: largest cosine distance (0..2) of two faces
    of one person. farthest_alone: the same for the only face of a photo, which needs less to be the person.
    """
    selected = np.full(photo_count, -1, dtype=np.int64)
    distances = np.full(photo_count, np.nan)
    if not len(vectors):
        return CommonFaces(selected, distances)
    largest = np.zeros(photo_count)
    np.maximum.at(largest, photos, areas)
    shares = areas / largest[photos]
    alike = (1 - vectors @ vectors.T) <= same
    scores = np.empty(len(vectors))
    for index in range(len(vectors)):
        best = np.zeros(photo_count)
        theirs = np.flatnonzero(alike[index])
        np.maximum.at(best, photos[theirs], shares[theirs])
        scores[index] = best.sum()
    # Of equal scores the larger face.
    reference = int(np.lexsort((areas, scores.round(6)))[-1])
    mean = vectors[alike[reference]].mean(axis=0)
    away = 1 - vectors @ (mean / np.linalg.norm(mean))
    faces_in = np.bincount(photos, minlength=photo_count)
    for photo in np.unique(photos).tolist():
        inside = np.flatnonzero(photos == photo)
        nearest = int(inside[np.argmin(away[inside])])
        if away[nearest] <= (farthest_alone if faces_in[photo] == 1 else same):
            selected[photo], distances[photo] = nearest, away[nearest]
    return CommonFaces(selected, distances)
