"""A trained verifier that answers like the distance, moved by a bias."""

from typing import Any

import numpy as np

from faces.services.searching.verifiers import verifier_save
from faces.vision.verifier.export import head_to_onnx
from faces.vision.verifier.head import Head
from tests.rows import DIMENSIONS, MODEL


def distance_head(*, bias: float = -5.0, slope: float = 10.0) -> Head:
    """A head whose log-odds are bias + slope * cosine similarity."""
    weights = np.concatenate([np.zeros(DIMENSIONS), np.full(DIMENSIONS, slope)])
    return Head(np.zeros(DIMENSIONS), np.eye(DIMENSIONS), weights, bias)


def stored_verifier(name: str = "class", *, embedder: str = MODEL, bias: float = -5.0) -> None:
    """Store a verifier with measures."""
    measures: dict[str, Any] = dict.fromkeys(("loss", "auc", "accuracy"), 0.9)
    measures |= dict.fromkeys(("false_matches", "false_non_matches"), 0.1)
    measures |= {"pairs_same": 3, "pairs_different": 4, "threshold": None}
    measures |= {"roc": [[0, 0], [1, 1]], "same": [0, 1], "different": [1, 0]}
    metrics = {
        "embedder": embedder,
        "trained_at": "2026-05-01T12:00:00+00:00",
        "people": {"train": 6, "validation": 2, "test": 2},
        "verifier": measures,
        "distance": measures | {"threshold": 0.5},
    }
    model = head_to_onnx(distance_head(bias=bias))
    verifier_save(name=name, model=model, metrics=metrics, pictures={"roc.svg": "<svg/>"})
