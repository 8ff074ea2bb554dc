"""Compare the accuracy of Trombine's grouping with the rules of other photo apps, on the same embeddings.

An album is a folder with photos/ and truth.csv as the album maker writes it, or a folder PERSON/*.jpg, where
the face nearest the centre of a picture is the person. Without albums, --maker creates two composed and two
hard ones from LFW; LFW itself is the fifth. Each album is embedded once, by the product's pipeline. Every
peer gets the threshold that is best for that very album (in steps of .02); Trombine gets none:

  DBSCAN           on cosine distances, min_samples 1, 3 and 4
  Immich           faces in order: with 3 faces (itself included) within the radius a face joins the person
                   of the nearest one or starts a new one; the others get a second pass at the end
  LibrePhotos      HDBSCAN: min_cluster_size 2, min_samples 1, cluster_selection_epsilon .05, no threshold
  ... unknown      Trombine without knowing which faces share a photo
  ... ten named    Trombine with one face confirmed for each of ten people
  ... random years Trombine with times of photos that say nothing, drawn from 15 years
"""

from __future__ import annotations

import harness  # first: it enters the project's environment

# isort: split
import argparse
import contextlib
import json
import runpy
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from embedded_albums import Album, album_read
from numpy.typing import NDArray
from peer_rules import dbscan, immich, librephotos
from tqdm import tqdm

TOOLS = harness.ROOT.parent / "shared" / "tools"
RADII = np.arange(0.10, 0.90, 0.02)
NAMED = 10
MADE = ((101, False), (102, False), (201, True), (202, True))
"""Seeds of the generated albums; True for hard ones."""
UNCONSTRAINED, TROMBINE, TEN_NAMED = "Trombine, photos unknown", "Trombine", "Trombine, ten named"
RANDOM_YEARS = "Trombine, random years"
YEARS = 15
OURS = (UNCONSTRAINED, TROMBINE, TEN_NAMED, RANDOM_YEARS)
FIGURES = ("bcubed_f1", "purity", "combined")

Labels = NDArray[np.int64]


def arguments(description: str | None = __doc__) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("albums", nargs="*", type=Path, metavar="ALBUM_DIR")
    parser.add_argument("--maker", type=Path, help="make_album.py, to create five albums when none are given")
    parser.add_argument("--scorer", type=Path, default=TOOLS / "score_people.py", help="default: %(default)s")
    parser.add_argument("--cache", type=Path, help="a folder that caches the embeddings")
    parser.add_argument("--models-dir", type=Path, help="default: the models folder of the settings")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    options = parser.parse_args()
    if not options.albums and not options.maker:
        parser.error("give albums, or --maker to create some")
    for file in (options.scorer, options.maker):
        if file and not file.is_file():
            parser.error(f"no such file: {file}")
    return options


def scorer_of(options: argparse.Namespace) -> Any:
    """Return the functions of the scorer."""
    return SimpleNamespace(**runpy.run_path(str(options.scorer)))


@contextlib.contextmanager
def folders_of(options: argparse.Namespace) -> Iterator[list[Path]]:
    """Yield the given albums, or five temporary ones."""
    with tempfile.TemporaryDirectory(prefix="trombine-albums-") as place:
        yield options.albums or albums_made(options.maker, Path(place))


def albums_made(maker: Path, place: Path) -> list[Path]:
    """Create two composed albums and two hard ones; return them and the pictures they are made of."""
    pictures = harness.pictures() / "lfw" / "images"
    made = [place / f"{'hard' if hard else 'composed'}-{seed}" for seed, hard in MADE]
    for folder, (seed, hard) in zip(made, MADE, strict=True):
        command = [sys.executable, str(maker), str(pictures), str(folder), "--seed", str(seed)]
        subprocess.run([*command, *(["--hard"] if hard else [])], check=True)
    return [*made, pictures]


def trombine(album: Album, known: Labels | None = None, *, alone: bool = False, years: float = 0.0) -> Labels:
    """Group by the product's rule, with the photos, the quality and the clarity of the faces.

    alone: each face as if alone in its photo. years: the photos have random times in so many years.
    """
    from faces.vision.grouping.clustering import group_faces

    photos = np.arange(len(album.photos)) if alone else np.unique(album.photos, return_inverse=True)[1]
    times = np.random.default_rng(1).uniform(0, years, photos.max() + 1)[photos]
    return group_faces(
        album.vectors,
        photos=photos,
        known=known,
        strong=album.strong,
        clarity=album.clarity,
        rule=_rule(),
        taken=times if years else None,
    ).labels


def _rule() -> Any:
    from faces.vision.profiles import profile_of

    return profile_of(harness.EMBEDDER).join_rule


def ten_confirmed(album: Album, scorer: Any) -> Labels:
    """Confirm the first face found of each of the ten most frequent people."""
    numbered = [{**face, "person": str(index)} for index, face in enumerate(as_rows(album, None))]
    found, _ = scorer.match(album.truth, numbered)
    faces_of: dict[str, list[int]] = {}
    for row, face in zip(album.truth, found, strict=True):
        if face is not None:
            faces_of.setdefault(row["person"], []).append(int(face))
    known = np.full(len(album.photos), -1, dtype=np.int64)
    for number, person in enumerate(sorted(faces_of, key=lambda name: (-len(faces_of[name]), name))[:NAMED]):
        known[faces_of[person][0]] = number
    return known


def as_rows(album: Album, labels: Labels | None) -> list[dict[str, str]]:
    """Return the faces as the scorer reads them."""
    return [
        {
            "photo": str(photo),
            **dict(zip("xywh", map(str, box.tolist()), strict=True)),
            "person": "" if labels is None or labels[index] < 0 else str(labels[index]),
        }
        for index, (photo, box) in enumerate(zip(album.photos, album.boxes, strict=True))
    ]


def compared(album: Album, scorer: Any) -> dict[str, dict[str, float]]:
    """Return the figures of each method on this album."""

    def scored(labels: Labels) -> dict[str, float]:
        figures = scorer.score(album.truth, as_rows(album, labels))
        return {name: figures[name] for name in FIGURES}

    def best(group: Callable[[float], Labels]) -> dict[str, float]:
        tried = [scored(group(float(radius))) | {"radius": float(radius)} for radius in RADII]
        return max(tried, key=lambda row: row["bcubed_f1"])

    distances = np.clip(1 - album.vectors @ album.vectors.T, 0, 2)
    results = {
        UNCONSTRAINED: scored(trombine(album, alone=True)),
        TROMBINE: scored(trombine(album)),
        TEN_NAMED: scored(trombine(album, ten_confirmed(album, scorer))),
        RANDOM_YEARS: scored(trombine(album, years=YEARS)),
    }
    for least in (1, 3, 4):
        results[f"DBSCAN, min_samples {least}"] = best(lambda radius, k=least: dbscan(distances, k, radius))
    results["Immich's online rule"] = best(lambda radius: immich(distances, radius))
    results["LibrePhotos' HDBSCAN"] = scored(librephotos(album.vectors))
    return results


def report(results: dict[str, dict[str, dict[str, float]]]) -> None:
    """Print a table for each album."""
    for name, rows in results.items():
        print(f"\n{name}")
        harness.rows_print(
            ("method", "BCubed F1", "purity", "combined", "best radius"),
            [
                (
                    method,
                    *(f"{row[figure]:.4f}" for figure in FIGURES),
                    f"{row['radius']:.2f}" if "radius" in row else "",
                )
                for method, row in rows.items()
            ],
        )


def main() -> None:
    """Measure every album, print, and exit with 1 where a peer scores higher than Trombine."""
    options = arguments()
    scorer = scorer_of(options)
    results = {}
    with folders_of(options) as folders:
        for folder in tqdm(folders, desc="Albums", leave=False, disable=None):
            album = album_read(folder, options.cache, options.models_dir)
            results[album.name] = compared(album, scorer)
    if options.json:
        print(json.dumps(results, indent=2))
    else:
        report(results)
    behind = [
        name
        for name, rows in results.items()
        if any(rows[TROMBINE]["bcubed_f1"] < rows[peer]["bcubed_f1"] for peer in rows if peer not in OURS)
    ]
    print(f"\nA peer is better on: {', '.join(behind) or 'none'}.", file=sys.stderr)
    sys.exit(1 if behind else 0)


if __name__ == "__main__":
    main()
