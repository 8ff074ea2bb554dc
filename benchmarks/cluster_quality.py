"""Do doubtful groups come first? Groups that are wrong, by force or as they came, among sound ones.

Every album is grouped by the product's rule. What comes out are sound groups and, seldom, wrong ones. To each
group of four faces or more another is joined by force (one of the three nearest of other people), and one to
three faces of the nearest other people are put into it. By each measure: how often a wrong group is more
doubtful than a sound one (area under the ROC curve, .5 is chance), on the same groups:

  doubt        Trombine: the cuts of HDBSCAN's tree and the last average join, judged by the rule that joins
  outliers     the greatest of HDBSCAN's outlier scores (GLOSH)
  persistence  HDBSCAN's, the least persistent first
  spread       the mean distance between two faces

An album is a folder with photos/ and truth.csv, or a folder PERSON/*.jpg; see clustering_accuracy.py.
"""

from __future__ import annotations

import harness  # first: it brings us into the project's environment

# isort: split
import json
import sys
import time
from collections.abc import Iterator
from typing import Any

import clustering_accuracy as quality
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

LEAST = 4
NEAR = 3
MEASURES = ("doubt", "outliers", "persistence", "spread")
KINDS = ("two people joined", "one to three strangers", "wrong as it came")
REQUIRED = {"two people joined": 0.99, "one to three strangers": 0.95}
SEED = 3


def main() -> None:
    """Measure every album, print, and end with 1 where a figure is not reached."""
    options = quality.arguments(__doc__)
    scorer = quality.scorer_of(options)
    results = {}
    with quality.folders_of(options) as folders:
        for folder in tqdm(folders, desc="Albums", leave=False, disable=None):
            album = quality.album_read(folder, options.cache, options.models_dir)
            results[album.name] = measured(album, people_of(album, scorer))
    if options.json:
        print(json.dumps(results, indent=2))
    else:
        report(results)
    missed = [
        f"{name}: {kind}"
        for name, found in results.items()
        for kind, least in REQUIRED.items()
        if found["roc"][kind]["doubt"] < least
    ]
    print(f"\nNot reached: {', '.join(missed) or 'nothing'}.", file=sys.stderr)
    sys.exit(1 if missed else 0)


def people_of(album: quality.Album, scorer: Any) -> NDArray[np.str_]:
    """Who each face is in truth; empty where it is nobody of the truth."""
    numbered = [{**face, "person": str(index)} for index, face in enumerate(quality.as_rows(album, None))]
    found, _ = scorer.match(album.truth, numbered)
    who = np.full(len(album.photos), "", dtype=object)
    for row, face in zip(album.truth, found, strict=True):
        if face is not None:
            who[int(face)] = row["person"]
    return who.astype(str)


def measured(album: quality.Album, who: NDArray[np.str_]) -> dict[str, Any]:
    """The figures of one album."""
    start = time.perf_counter()
    looked = [(kind, looked_at(album, faces)) for kind, faces in groups_of(album, who)]
    seconds = time.perf_counter() - start
    sound = [one for kind, one in looked if not kind]
    roc, counts, suspected = {}, {"sound": len(sound)}, {"sound": share(sound)}
    for kind in KINDS:
        wrong = [one for other, one in looked if other == kind]
        counts[kind] = len(wrong)
        if wrong:
            suspected[kind] = share(wrong)
            roc[kind] = {measure: area(sound, wrong, measure) for measure in MEASURES}
    return {"counts": counts, "suspected": suspected, "roc": roc, "ms_a_group": 1000 * seconds / len(looked)}


def groups_of(album: quality.Album, who: NDArray[np.str_]) -> Iterator[tuple[str, NDArray[np.intp]]]:
    """Groups with what is wrong with them; empty: nothing."""
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


def looked_at(album: quality.Album, faces: NDArray[np.intp]) -> dict[str, float]:
    """One group by all measures; larger is more doubtful."""
    from faces.vision.grouping.cluster_quality import group_doubt
    from faces.vision.grouping.clustering import FACENET_RULE

    found = group_doubt(
        album.vectors[faces],
        clarity=album.clarity[faces],
        confirmed=np.zeros(len(faces), dtype=bool),
        rule=FACENET_RULE,
    )
    return {
        "doubt": found.doubt,
        "outliers": float(found.outliers.max()),
        "persistence": -found.persistence,
        "spread": found.spread,
    }


def most_common(names: NDArray[np.str_]) -> str:
    """Who a group mostly is."""
    values, counts = np.unique(names[names != ""], return_counts=True)
    return str(values[counts.argmax()]) if len(values) else ""


def share(looked: list[dict[str, float]]) -> float:
    """How many of them would not be made again."""
    return float(np.mean([one["doubt"] > 0 for one in looked])) if looked else 0.0


def area(sound: list[dict[str, float]], wrong: list[dict[str, float]], measure: str) -> float:
    """Area under the ROC curve: how often a wrong one is above a sound one, ties counting half."""
    low, high = (np.asarray([one[measure] for one in some]) for some in (sound, wrong))
    above = (high[:, None] > low).mean() + (high[:, None] == low).mean() / 2
    return float(above)


def report(results: dict[str, dict[str, Any]]) -> None:
    """Print for a person: an album a table."""
    for name, found in results.items():
        print(f"\n{name}: {found['counts']['sound']} sound groups, {found['ms_a_group']:.1f} ms a group")
        print(f"suspected of the sound ones: {found['suspected']['sound']:.3f}")
        harness.rows_print(
            ("wrong groups", "how many", "suspected", *MEASURES),
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
