"""The rules by which other photo apps group faces, implemented after their documentation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

IMMICH_FACES = 3
Labels = NDArray[np.int64]


def dbscan(distances: NDArray[np.float32], least: int, radius: float) -> Labels:
    """Group by scikit-learn's DBSCAN, whose min_samples counts the face itself."""
    from sklearn.cluster import DBSCAN

    return DBSCAN(eps=radius, min_samples=least, metric="precomputed").fit_predict(distances)


def immich(distances: NDArray[np.float32], radius: float) -> Labels:
    """Group by Immich's rule: `IMMICH_FACES` within the radius make a core face, two passes."""
    labels = np.full(len(distances), -1, dtype=np.int64)
    people = 0
    deferred = []
    for second, faces in ((False, range(len(distances))), (True, deferred)):
        for face in faces:
            near = np.flatnonzero(distances[face] <= radius)
            core = len(near) >= IMMICH_FACES
            if not core and not second:
                deferred.append(face)
                continue
            if len(named := near[labels[near] >= 0]):
                labels[face] = labels[named[np.argmin(distances[face, named])]]
            elif core:
                labels[face] = people
                people += 1
    return labels


def librephotos(vectors: NDArray[np.float32]) -> Labels:
    """Group by HDBSCAN as LibrePhotos calls it, on unit vectors."""
    from hdbscan import HDBSCAN

    method = HDBSCAN(min_cluster_size=2, min_samples=1, cluster_selection_epsilon=0.05, metric="euclidean")
    return np.asarray(method.fit_predict(vectors.astype(np.float64)), dtype=np.int64)
