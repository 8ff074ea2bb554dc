"""Read the ground truth of an album: a folder with photos/ and truth.csv."""

from __future__ import annotations

import argparse
import csv
import runpy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import harness

SCORER = harness.ROOT.parent / "shared" / "tools" / "score_people.py"


def album_checked(parser: argparse.ArgumentParser, album: Path) -> None:
    """Exit with a message if the folder is not an album."""
    if not (album / "photos").is_dir() or not (album / "truth.csv").is_file():
        parser.error(f"{album} lacks photos/ or truth.csv")


def scorer_read(file: Path) -> Any:
    """Return the functions of score_people.py."""
    return SimpleNamespace(**runpy.run_path(str(file)))


def truth_read(album: Path) -> list[dict[str, str]]:
    """Return the rows of truth.csv."""
    with (album / "truth.csv").open(newline="") as stream:
        return list(csv.DictReader(stream))


def people_in_truth(album: Path, owner_id: int, scorer: Path) -> dict[int, str]:
    """Return the true person of each stored face that the truth contains, by id."""
    from faces.models import Face

    faces = Face.objects.filter(image__owner_id=owner_id).select_related("image").order_by("pk")
    rows = [
        {
            "photo": face.image.source_path,
            "x": face.x * (face.image.width or 0),
            "y": face.y * (face.image.height or 0),
            "w": face.w * (face.image.width or 0),
            "h": face.h * (face.image.height or 0),
            "person": face.pk,
        }
        for face in faces
    ]
    truth = truth_read(album)
    found, _used = scorer_read(scorer).match(truth, rows)
    return {pk: row["person"] for row, pk in zip(truth, found, strict=True) if pk is not None}
