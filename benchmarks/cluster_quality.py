"""Measure whether wrong groups of faces rank above sound ones by cluster quality.

Every album is grouped by the product's rule, which gives sound groups and a few wrong ones. To each group of
four or more faces another one is merged by force (one of the three nearest of other people), and one to three
faces of the nearest other people are added to it. For each measure: the probability that a wrong group ranks
above a sound one (area under the ROC curve; .5 is chance), on the same groups:

  quality      Trombine: the cuts of HDBSCAN's tree and the last average join, judged by the join rule
  outliers     the greatest of HDBSCAN's outlier scores (GLOSH)
  persistence  HDBSCAN's cluster persistence, lowest first
  spread       the mean distance between two faces

An album is a folder with photos/ and truth.csv, or a folder PERSON/*.jpg; see clustering_accuracy.py.
"""

from __future__ import annotations

import harness  # first: it enters the project's environment

# isort: split
import json
import sys
import time
from collections.abc import Iterator
from typing import Any

import clustering_accuracy as quality
import numpy as np
from embedded_albums import Album, album_read
from numpy.typing import NDArray
from tqdm import tqdm

LEAST = 4
NEAR = 3
MEASURES = ("quality", "outliers", "persistence", "spread")
KINDS = ("two people merged", "one to three strangers", "wrong by itself")
REQUIRED = {"two people merged": 0.99, "one to three strangers": 0.95}
SEED = 3


def main() -> None:
    """Measure every album, print, and exit with 1 where a required figure is missed."""
    options = quality.arguments(__doc__)
    scorer = quality.scorer_of(options)
    results = {}
    with quality.folders_of(options) as folders:
        for folder in tqdm(folders, desc="Albums", leave=False, disable=None):
            album = album_read(folder, options.cache, options.models_dir)
            results[album.name] = measured(album, people_of(album, scorer))
    if options.json:
        print(json.dumps(results, indent=2))
    else:
        report(results)
    missed = [
        f"{name}: {kind}"
        for name, found in results.items()
        for kind, least in REQUIRED.items()
        if found["roc"][kind]["quality"] < least
    ]
    print(f"\nNot reached: {', '.join(missed) or 'nothing'}.", file=sys.stderr)
    sys.exit(1 if missed else 0)


def people_of(album: Album, scorer: Any) -> NDArray[np.str_]:
    """Return the true person of each face, empty where the ground truth has none."""
    numbered = [{**face, "person": str(index)} for index, face in enumerate(quality.as_rows(album, None))]
    found, _ = scorer.match(album.truth, numbered)
    who = np.full(len(album.photos), "", dtype=object)
    for row, face in zip(album.truth, found, strict=True):
        if face is not None:
            who[int(face)] = row["person"]
    return who.astype(str)


def measured(album: Album, who: NDArray[np.str_]) -> dict[str, Any]:
    """Measure one album."""
    start = time.perf_counter()
    groups_measured = [(kind, group_measures(album, faces)) for kind, faces in groups_of(album, who)]
    seconds = time.perf_counter() - start
    sound = [one for kind, one in groups_measured if not kind]
    roc, counts, suspected = {}, {"sound": len(sound)}, {"sound": share(sound)}
    for kind in KINDS:
        wrong = [one for other, one in groups_measured if other == kind]
        counts[kind] = len(wrong)
        if wrong:
            suspected[kind] = share(wrong)
            roc[kind] = {measure: area(sound, wrong, measure) for measure in MEASURES}
    return {
        "counts": counts,
        "suspected": suspected,
        "roc": roc,
        "ms_a_group": 1000 * seconds / len(groups_measured),
    }


def groups_of(album: Album, who: NDArray[np.str_]) -> Iterator[tuple[str, NDArray[np.intp]]]:
    """Yield groups with the kind of error in them, empty for sound ones."""
    labels = quality.trombine(album)
    groups = [np.flatnonzero(labels == number) for number in range(labels.max() + 1)]
    groups = [group for group in groups if len(group) >= LEAST]
    mostly = [most_common(who[group]) for group in groups]
    means = np.stack([album.vectors[group].mean(axis=0) for group in groups])
    rng = np.random.default_rng(SEED)
    for number, group in enumerate(groups):
        known = set(who[group]) - {""}
        if known:
            yield ("" if len(known) == 1 else KINDS[2]), group
        nearest = np.argsort(-(means @ means[number]))
        others = [other for other in nearest.tolist() if mostly[other] != mostly[number]][:NEAR]
        yield KINDS[0], np.concatenate([group, groups[others[rng.integers(len(others))]]])
        stranger = groups[others[0]]
        near = stranger[np.argsort(-(album.vectors[stranger] @ means[number]))]
        yield KINDS[1], np.concatenate([group, near[: rng.integers(1, NEAR + 1)]])


def group_measures(album: Album, faces: NDArray[np.intp]) -> dict[str, float]:
    """Return all measures of one group; larger is more suspect."""
    from faces.vision.grouping.cluster_quality import group_quality
    from faces.vision.profiles import profile_of

    found = group_quality(
        album.vectors[faces],
        clarity=album.clarity[faces],
        confirmed=np.zeros(len(faces), dtype=bool),
        rule=profile_of(harness.EMBEDDER).join_rule,
    )
    return {
        "quality": found.excess,
        "outliers": float(found.outliers.max()),
        "persistence": -found.persistence,
        "spread": found.spread,
    }


def most_common(names: NDArray[np.str_]) -> str:
    """Return the most common name in a group."""
    values, counts = np.unique(names[names != ""], return_counts=True)
    return str(values[counts.argmax()]) if len(values) else ""


def share(groups_measured: list[dict[str, float]]) -> float:
    """Return the share of groups that are suspected."""
    return float(np.mean([one["quality"] > 0 for one in groups_measured])) if groups_measured else 0.0


def area(sound: list[dict[str, float]], wrong: list[dict[str, float]], measure: str) -> float:
    """Return the area under the ROC curve of wrong against sound groups, ties counting half."""
    low, high = (np.asarray([one[measure] for one in some]) for some in (sound, wrong))
    above = (high[:, None] > low).mean() + (high[:, None] == low).mean() / 2
    return float(above)


def report(results: dict[str, dict[str, Any]]) -> None:
    """Print a table for each album."""
    for name, found in results.items():
        print(f"\n{name}: {found['counts']['sound']} sound groups, {found['ms_a_group']:.1f} ms a group")
        print(f"share of sound groups suspected: {found['suspected']['sound']:.3f}")
        harness.rows_print(
            ("wrong groups", "count", "suspected", *MEASURES),
            [
                (
                    kind,
                    str(found["counts"][kind]),
                    f"{found['suspected'][kind]:.2f}",
                    *(f"{areas[measure]:.3f}" for measure in MEASURES),
                )
                for kind, areas in found["roc"].items()
            ],
        )


if __name__ == "__main__":
    main()
