"""A picture against several pictures of a person: the rules by which their distances become one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import harness
import numpy as np
from numpy.typing import NDArray
from verification_sets import Vectors

LEAST_PICTURES = 7
"""Pictures of a person from which some are compared with the others."""

FACES = (1, 5)
"""Pictures of a person that count: one, and as many as in `verification_base.PERSON_FACES`."""

STRANGERS = 100
"""Pictures of other people that are compared with each person."""

Rule = Callable[[NDArray[np.float32], NDArray[np.float32]], NDArray[np.float64]]
RULES: dict[str, Rule] = {
    "mean distance": lambda faces, other: (1 - other @ faces.T).mean(axis=1),
    "nearest face": lambda faces, other: (1 - other @ faces.T).min(axis=1),
    "mean vector": lambda faces, other: 1 - other @ (mean := faces.mean(axis=0)) / np.linalg.norm(mean),
}


def people_print(vectors: Vectors, embedder: str, *, seed: int) -> None:
    """Print the errors of each rule at the threshold of pairs: for one face, and for the product's number."""
    from faces.vision.profiles import profile_of

    threshold = profile_of(embedder).calibration.threshold
    who = np.array([file.split("/")[-2] for file in vectors])
    table = np.stack(list(vectors.values()))
    people = [person for person, count in Counter(who.tolist()).items() if count >= LEAST_PICTURES]
    rows = []
    for count in FACES:
        rng = np.random.default_rng(seed)
        distances: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in RULES}
        for person in people:
            own = rng.permutation(np.flatnonzero(who == person))
            others = rng.choice(np.flatnonzero(who != person), STRANGERS, replace=False)
            for name, rule in RULES.items():
                for kind, places in enumerate((own[count:], others)):
                    distances[name][kind].extend(rule(table[own[:count]], table[places]).tolist())
        for name, (same, different) in distances.items():
            missed, passed = np.mean(np.array(same) > threshold), np.mean(np.array(different) <= threshold)
            rows.append(
                (f"{embedder}, {count} faces, {name}", str(len(same)), f"{missed:.2%}", f"{passed:.2%}")
            )
    strangers = STRANGERS * len(people)
    print(f"\n{len(people)} people of LFW, {strangers} pictures of others, threshold {threshold:.3f}")
    harness.rows_print(("a picture against a person", "same", "missed", "passed"), rows)
