"""Measure "same person?" on labelled pairs of LFW and ORL: histogram of distances, ROC, threshold.

Every picture goes through the product's own detector and embedders; some have people in the background, so
the face nearest the centre is taken. The threshold is fitted on nine tenths of the pairs and judged on the
other tenth (10 folds; ORL's are disjoint by person). ORL's head shots are enlarged first, since their faces
are smaller than any that the detector finds. With --variants, FaceNet also gets other crops of LFW's faces,
and those of DeepFace.represent with its defaults; FaceNet's weights are the same file for all.
"""

from __future__ import annotations

import harness  # first: it enters the project's environment

# isort: split
import argparse
import dataclasses
import json
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from verification_people import people_print
from verification_sets import PairSet, Vectors, distances_of, lfw_pairs, orl_pairs, vectors_of
from verification_variants import vectors_by_variant

if TYPE_CHECKING:
    from faces.vision.pair_statistics import PairFigures

REQUIRED = 0.990
"""The least accuracy of the default embedder on LFW."""

SETS = {"lfw": lfw_pairs, "orl": orl_pairs}
EMBEDDERS = ("facenet_sface256", "facenet128", "sface128")
QUANTILES = (0.01, 0.25, 0.5, 0.75, 0.99)


def arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--models-dir", type=Path, help="default: the models folder of the settings")
    parser.add_argument("--sets", nargs="+", choices=SETS, default=list(SETS), help="default: all")
    parser.add_argument("--embedders", nargs="+", choices=EMBEDDERS, default=EMBEDDERS, help="default: all")
    parser.add_argument("--sample", type=int, metavar="N", help="only N pairs, half of them of one person")
    parser.add_argument("--seed", type=int, default=0, help="seed of the sample and the folds")
    parser.add_argument("--variants", action="store_true", help="also other crops, and DeepFace, on LFW")
    parser.add_argument("--people", action="store_true", help="also pictures against people of LFW")
    parser.add_argument("--charts", type=Path, metavar="DIR", help="write the charts as SVG files")
    parser.add_argument("--table", action="store_true", help="print rows for faces/vision/measured_pairs.py")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="a folder that caches the vectors")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    return parser.parse_args()


@dataclasses.dataclass(frozen=True)
class Result:
    """The figures of one embedder on one set. not_found: pictures in which no face was detected."""

    pairs: PairSet
    embedder: str
    figures: PairFigures
    quantiles: dict[str, list[float]]
    not_found: int

    @property
    def name(self) -> str:
        """The name of the row."""
        return f"{self.pairs.name.upper()}, {self.embedder}"


def measured(pairs: PairSet, embedder: str, vectors: Vectors, not_found: int) -> Result:
    """Return the figures of a set."""
    from faces.vision.pair_statistics import pair_figures

    distances, usable = distances_of(pairs, vectors)
    same = pairs.same[usable]
    figures = pair_figures(distances, same, pairs.folds[usable])
    kinds = {"same": distances[same], "different": distances[~same]}
    quantiles = {
        kind: [float(value) for value in np.quantile(part, QUANTILES)] for kind, part in kinds.items()
    }
    return Result(pairs, embedder, figures, quantiles, not_found)


def charts_write(folder: Path, results: list[Result]) -> list[Path]:
    """Write a histogram for each result and the ROC of all, and return the files."""
    from faces.vision.explain.pair_charts import ENGLISH, histogram_chart, roc_chart

    folder.mkdir(parents=True, exist_ok=True)
    charts = {
        f"histogram-{result.pairs.name}-{result.embedder}.svg": histogram_chart(
            result.figures, ENGLISH, threshold=result.figures.threshold, as_file=True
        )
        for result in results
    }
    curves = [(result.name, result.figures) for result in results]
    charts["roc.svg"] = roc_chart(curves, ENGLISH, as_file=True)
    for name, content in charts.items():
        (folder / name).write_text(content + "\n", encoding="utf-8")
    return [folder / name for name in charts]


def table_print(results: list[Result]) -> None:
    """Print the rates, then the distances, of every result."""
    header = (
        "",
        "pairs",
        "10 folds",
        "+-",
        "threshold",
        "matches at 1 %",
        "at 0.1 %",
        "equal error",
        "missed",
    )
    rows = [
        (
            result.name,
            str(result.figures.pairs),
            f"{result.figures.accuracy:.2%}",
            f"{result.figures.deviation:.2%}",
            f"{result.figures.threshold:.3f}",
            f"{result.figures.matches_at_1_percent:.2%}",
            f"{result.figures.roc[2]:.2%}",
            f"{result.figures.equal_error:.2%}",
            str(result.not_found),
        )
        for result in results
    ]
    harness.rows_print(header, rows)
    print()
    header = ("cosine distance, quantiles", *(f"{quantile:.0%}" for quantile in QUANTILES))
    rows = [
        (f"{result.name}: {kind}", *(f"{value:.3f}" for value in values))
        for result in results
        for kind, values in result.quantiles.items()
    ]
    harness.rows_print(header, rows)
    print()
    for result in results:
        print(f"{result.name}: pairs by distance")
        histogram_print(result.figures)


def histogram_print(figures: PairFigures) -> None:
    """Print the histogram with bars, four bins in a line."""
    from faces.vision.pair_statistics import BIN_WIDTH, BINS

    together = 4
    for start in range(0, BINS, together):
        counts = [sum(part[start : start + together]) for part in (figures.same, figures.different)]
        if any(counts):
            longest = sum(figures.same) / 40
            bars = "=" * round(counts[0] / longest) + "#" * round(counts[1] / longest)
            print(f"  {start * BIN_WIDTH:.1f}  {counts[0]:5} same {counts[1]:5} different  {bars}")


def code_print(results: list[Result]) -> None:
    """Print the rows of the table in the product's code."""
    for result in results:
        figures = result.figures
        print(f"    MeasuredPairs(\n        data={result.pairs.name!r},\n        model={result.embedder!r},")
        print(f"        people={result.pairs.people},\n        pictures={len(result.pairs.files)},")
        print(f"        not_found={result.not_found},\n        figures=PairFigures(")
        for name in ("same", "different"):
            print(f"            {name}=counts(")
            for line in textwrap.wrap(" ".join(map(str, getattr(figures, name))), 80):
                print(f'                "{line} "')
            print("            ),")
        print(f"            roc={tuple(round(rate, 5) for rate in figures.roc)},")
        for name in ("accuracy", "deviation", "threshold", "equal_error"):
            print(f"            {name}={getattr(figures, name):.5f},")
        print("        ),\n    ),")


def as_json(results: list[Result]) -> list[dict[str, Any]]:
    """Return the results for --json."""
    return [
        {
            "set": result.pairs.name,
            "folds": result.pairs.note,
            "model": result.embedder,
            "pairs": result.figures.pairs,
            "pictures": len(result.pairs.files),
            "not_found": result.not_found,
            "quantiles": result.quantiles,
            **dataclasses.asdict(result.figures),
        }
        for result in results
    ]


def main() -> None:
    """Measure, print, and exit with 1 when the required accuracy is missed."""
    options = arguments()
    needed = ["retinaface_mobilenet", *options.embedders, *(["facenet128", "yunet"] * options.variants)]
    models_dir = harness.use_models(sorted(set(needed)), options.models_dir)
    sets = [SETS[name](harness.pictures(), sample=options.sample, seed=options.seed) for name in options.sets]
    results = [
        measured(pairs, embedder, *vectors_of(pairs, models_dir, embedder, options.keep))
        for pairs in sets
        for embedder in options.embedders
    ]
    if options.variants:
        lfw = next(pairs for pairs in sets if pairs.name == "lfw")
        for way, vectors in vectors_by_variant(lfw, models_dir).items():
            results.append(measured(lfw, way, vectors, 0))
    if options.json:
        print(json.dumps(as_json(results), indent=2))
    elif options.table:
        code_print(results)
    else:
        table_print(results)
    if options.people:
        lfw = next(pairs for pairs in sets if pairs.name == "lfw")
        for embedder in options.embedders:
            people_print(vectors_of(lfw, models_dir, embedder, options.keep)[0], embedder, seed=options.seed)
    for file in charts_write(options.charts, results) if options.charts else ():
        print(f"Chart: {file}", file=sys.stderr)
    default = [one for one in results if (one.pairs.name, one.embedder) == ("lfw", EMBEDDERS[0])]
    reached = all(result.figures.accuracy >= REQUIRED for result in default)
    verdict = "Reached." if reached else "NOT reached."
    print(f"Required: {REQUIRED:.1%} of {EMBEDDERS[0]} on LFW. {verdict}", file=sys.stderr)
    sys.exit(0 if reached else 1)


if __name__ == "__main__":
    main()
