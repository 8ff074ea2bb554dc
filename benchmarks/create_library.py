"""Create a data folder with a large synthetic library: photos over many years, people, albums and verdicts.

The rows are as the app would have created them; all photos share some 200 drawn pictures. Faces have vectors
near that of their person, so that people can be searched and grouped. No model is needed. The folder must be
new, so that no library is ever overwritten. To open it afterwards: TROMBINE_DATA=FOLDER bin/start (it prints
a sign-in link).
"""

from __future__ import annotations

import harness  # noqa: F401 - first: it enters the project's environment

# isort: split
import argparse
import os
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bulk_copy import copy_rows
from synthetic_library import PICTURES, YEARS, entries, fingerprints, images, name_of, pictures_draw, vectors

OWNER = "owner"
NAMED = 0.6
"""Share of people with a name."""
UNASSIGNED = 0.06
"""Share of faces without a person."""
FACES = (0.15, 0.25, 0.2, 0.15, 0.1, 0.06, 0.04, 0.03, 0.02)
"""Probabilities that a photo shows no face, one, two …"""


def arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="a new data folder")
    parser.add_argument("--photos", type=int, default=100_000, metavar="N")
    parser.add_argument("--people", type=int, default=1_000, metavar="N")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    if options.photos < 1 or options.people < 1:
        parser.error("--photos and --people: 1 or more")
    return options


def use_folder(folder: Path) -> None:
    """Make `folder` the data folder of this process and set up Django, before any model is imported."""
    os.environ["TROMBINE_DATA"] = str(folder.absolute())
    from config.env import settings_module

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", settings_module())
    import django

    django.setup()


def fill(*, photos: int, people: int, seed: int) -> None:
    """Fill the database and the storage of the data folder, whose services must be running."""
    import numpy as np
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.db import connection, transaction

    from albums.services.arranging.stacks import stacks_renew_due

    call_command("migrate", verbosity=0, interactive=False)
    if User.objects.exists():
        sys.exit("This folder already has an account; give a new one.")
    random = np.random.default_rng(seed)
    owner = User.objects.create_superuser(OWNER)
    owner.set_unusable_password()
    owner.save()
    with step("Pictures"):
        shapes = pictures_draw(owner.pk, random)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes "
            "WHERE tablename = 'faces_faceembedding' AND indexdef LIKE '%hnsw%'"
        )
        indexes = cursor.fetchall()
    with transaction.atomic(), connection.cursor() as cursor:
        # An index built at once takes a fraction of the time of one filled row by row.
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {connection.ops.quote_name(name)}")
        rows_write(owner.pk, random, photos=photos, people=people, shapes=shapes)
    with step("Stacks of similar photos"), connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        while stacks_renew_due():
            pass
    with step("Index of the vectors"), connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '1GB'")
        for _name, definition in indexes:
            cursor.execute(definition)
        cursor.execute("ANALYZE")


def rows_write(
    owner_id: int, random: Any, *, photos: int, people: int, shapes: list[tuple[int, int]]
) -> None:
    """Write the rows of all tables by COPY."""
    import numpy as np
    from django.conf import settings

    from albums.models import Album, AlbumImage, Image, ImageFingerprint, Rendition
    from faces.models import ClusteringRun, Face, FaceEmbedding, FaceScan, OwnerModels, Person, Verdict

    now = datetime.now(UTC)
    with step(f"{photos} photos"):
        # Unevenly: days with hundreds, months with none.
        gaps = random.pareto(0.7, photos)
        back = np.cumsum(gaps) / gaps.sum() * YEARS * 365.0
        copy_rows(Image, images(owner_id, random, back, shapes))
        copy_rows(
            Rendition,
            (
                {
                    "image_id": number + 1,
                    "kind": kind,
                    "file": f"renditions/{owner_id}/drawn/{number % PICTURES:03}-{kind}.jpg",
                    "width": max(1, round(shapes[number % PICTURES][0] * scale)),
                    "height": max(1, round(shapes[number % PICTURES][1] * scale)),
                }
                for number in range(photos)
                for kind, scale in (("thumbnail", 0.25), ("preview", 1.0))
            ),
        )
        copy_rows(ImageFingerprint, fingerprints(random, photos))
        copy_rows(
            FaceScan,
            (
                {"image_id": number + 1, "state": "done", "finished_at": now - timedelta(hours=2)}
                for number in range(photos)
            ),
        )
    # A few people are in very many photos, most in a few.
    weight = 1.0 / (np.arange(people) + 3.0)
    counts = random.choice(len(FACES), size=photos, p=np.array(FACES) / sum(FACES))
    image_of = np.repeat(np.arange(photos) + 1, counts)
    place = np.concatenate([np.arange(count) for count in counts]) if photos else image_of
    who = random.choice(people, size=len(image_of), p=weight / weight.sum())
    # A person is at most once in a photo.
    keep = np.unique(np.stack([image_of, who]), axis=1, return_index=True)[1]
    keep.sort()
    image_of, place, who = image_of[keep], place[keep], who[keep]
    unassigned = random.random(len(who)) < UNASSIGNED
    quality = random.uniform(0.2, 1.0, len(who))
    best = {}
    for at in np.argsort(quality):
        if not unassigned[at]:
            best[int(who[at])] = int(at) + 1
    with step(f"{len(who)} faces of {people} people"):
        copy_rows(
            Person,
            (
                {
                    "id": number + 1,
                    "owner_id": owner_id,
                    "name": name_of(number) if number < people * NAMED else "",
                    "cover_id": best.get(number) if number < people * NAMED else None,
                }
                for number in range(people)
            ),
        )
        copy_rows(
            Face,
            (
                {
                    "id": at + 1,
                    "image_id": int(image_of[at]),
                    "person_id": None if unassigned[at] else int(who[at]) + 1,
                    "x": 0.05 + 0.1 * float(place[at]),
                    "y": 0.2,
                    "w": 0.09,
                    "h": 0.15,
                    "landmarks": [0.1] * 10,
                    "score": 0.95,
                    "quality": float(quality[at]),
                    "poor_reason": "small" if quality[at] < 0.25 else "",
                    "detector": settings.DETECTOR,
                    "crop": f"faces/{owner_id}/drawn/{at % PICTURES:03}.jpg",
                }
                for at in range(len(who))
            ),
        )
    with step("Vectors"):
        copy_rows(
            FaceEmbedding,
            (
                {"face_id": at + 1, "model": settings.EMBEDDER, "vector": text, "owner_id": owner_id}
                for at, text in enumerate(vectors(random, who, people))
            ),
        )
    with step("Verdicts, albums, runs"):
        confirmed = np.flatnonzero(~unassigned & (who < people * NAMED) & (random.random(len(who)) < 0.2))
        copy_rows(
            Verdict,
            (
                {"face_id": int(at) + 1, "person_id": int(who[at]) + 1, "kind": "is", "by_id": owner_id}
                for at in confirmed
            ),
        )
        album_count = max(3, photos // 2000)
        copy_rows(
            Album,
            (
                {"id": number + 1, "owner_id": owner_id, "name": f"Album {number + 1:03}"}
                for number in range(album_count)
            ),
        )
        copy_rows(AlbumImage, entries(random, photos, album_count))
        copy_rows(
            OwnerModels,
            [{"owner_id": owner_id, "detector": settings.DETECTOR, "embedder": settings.EMBEDDER}],
        )
        copy_rows(
            ClusteringRun,
            [
                {
                    "owner_id": owner_id,
                    "state": "done",
                    "started_at": now - timedelta(hours=1),
                    "finished_at": now - timedelta(hours=1),
                    "embedder": settings.EMBEDDER,
                    "faces": len(who),
                    "people": people,
                }
            ],
        )


class step:  # noqa: N801 - reads as a word: with step("Photos")
    """Report a step and its time."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> None:
        self.began = time.monotonic()

    def __exit__(self, *_error: object) -> None:
        print(f"{self.name}: {time.monotonic() - self.began:.1f} s", file=sys.stderr)


def main() -> None:
    """Fill the folder, with its own database and broker."""
    options = arguments()
    use_folder(options.folder)
    from config.local_services import embedded

    embedded.prepare_folder(Path(os.environ["TROMBINE_DATA"]))
    with embedded.services():
        fill(photos=options.photos, people=options.people, seed=options.seed)


if __name__ == "__main__":
    main()
