"""Figures on how sure comparisons are: of the account's model, and of the account's confirmed faces."""

from dataclasses import dataclass

import numpy as np
from django.contrib.auth.models import User
from django.core.cache import cache
from numpy.typing import NDArray

from faces.models import FaceEmbedding, Verdict
from faces.services.core.owner_pipeline import owner_models
from faces.vision.calibration import Calibration
from faces.vision.measured_pairs import MeasuredPairs, measured_pairs
from faces.vision.pair_statistics import PairFigures, pair_figures, random_folds
from faces.vision.profiles import profile_of

FACES_SAMPLED, FACES_OF_PERSON = 600, 15
"""The most confirmed faces that are compared, in all and of one person; the latest decisions count."""

LEAST_PAIRS = 20
"""Pairs of each kind below which figures say nothing."""

CACHED_SECONDS = 300


@dataclass(frozen=True, slots=True)
class OwnPairs:
    """The account's confirmed faces, compared with each other.

    people, faces: sampled. same, different: numbers of pairs. figures: None with fewer than `LEAST_PAIRS` of
    a kind. missed, passed: shares (0..1) of same pairs beyond the model's threshold, and of different ones
    within it.
    """

    people: int
    faces: int
    same: int
    different: int
    figures: PairFigures | None = None
    missed: float = 0.0
    passed: float = 0.0


@dataclass(frozen=True, slots=True)
class Certainty:
    """Figures of an account's model."""

    model: str
    calibration: Calibration
    measured: list[MeasuredPairs]
    own: OwnPairs


def certainty(user: User) -> Certainty:
    """Return the figures of the user's model, and those of their confirmed faces."""
    model = owner_models(user.pk).embedder
    return Certainty(
        model, profile_of(model).calibration, measured_pairs(model), own_pairs(user, model=model)
    )


def own_pairs(user: User, *, model: str) -> OwnPairs:
    """Compare the user's confirmed faces with each other; the answer is cached for minutes.

    The key names the latest decision, so that a new one counts at once.
    """
    verdicts = Verdict.objects.filter(
        kind=Verdict.Kind.IS, person__owner_id=user.pk, face__dismissed=False, face__binned=False
    )
    latest = verdicts.order_by("-at").values_list("pk", flat=True).first()
    key = f"own-pairs:{user.pk}:{model}:{latest}:{verdicts.count()}"
    cached: OwnPairs | None = cache.get(key)
    if cached is None:
        cached = _compare(list(verdicts.order_by("-at", "-pk").values_list("face_id", "person_id")), model)
        cache.set(key, cached, CACHED_SECONDS)
    return cached


def _compare(confirmed: list[tuple[int, int]], model: str) -> OwnPairs:
    people: dict[int, int] = {}
    sampled: dict[int, int] = {}
    for face_id, person_id in confirmed:
        if len(sampled) < FACES_SAMPLED and people.get(person_id, 0) < FACES_OF_PERSON:
            sampled[face_id] = person_id
            people[person_id] = people.get(person_id, 0) + 1
    rows = list(
        FaceEmbedding.objects.filter(face__in=sampled, model=model).select_related("face").order_by("face_id")
    )
    if len(rows) < 2:
        return OwnPairs(len({sampled[row.face_id] for row in rows}), len(rows), 0, 0)
    person = np.array([sampled[row.face_id] for row in rows])
    photo = np.array([row.face.image_id for row in rows])
    first, second = np.triu_indices(len(rows), k=1)
    # Two confirmed faces of one person in one photo are a mirror or a copy: no test of recognition.
    apart = photo[first] != photo[second]
    first, second = first[apart], second[apart]
    vectors = np.stack([row.vector for row in rows])
    distances = 1 - (vectors @ vectors.T)[first, second]
    same = person[first] == person[second]
    counts = len(np.unique(person)), len(rows), int(same.sum()), int((~same).sum())
    if min(counts[2:]) < LEAST_PAIRS:
        return OwnPairs(*counts)
    return _with_figures(counts, distances, same, model)


def _with_figures(
    counts: tuple[int, int, int, int], distances: NDArray[np.floating], same: NDArray[np.bool_], model: str
) -> OwnPairs:
    threshold = profile_of(model).calibration.threshold
    return OwnPairs(
        *counts,
        figures=pair_figures(distances, same, random_folds(same)),
        missed=float(np.mean(distances[same] > threshold)),
        passed=float(np.mean(distances[~same] <= threshold)),
    )
