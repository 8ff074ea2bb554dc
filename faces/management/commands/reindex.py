"""manage.py reindex: look for faces again."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from albums.exceptions import OwnerUnclearError
from albums.models import Album, Image
from albums.services.imports import import_owner
from faces.models import Face, FaceScan
from faces.services.clustering import owner_recluster
from faces.services.reindexing import images_reopen, images_rescan, images_to_reindex
from faces.vision.errors import VisionError

WRONG_ARGUMENTS = 2
EXAMPLES = """examples:
  bin/manage reindex                       every photo
  bin/manage reindex --album "The wedding" only that album's
  bin/manage reindex --failed              only photos in which it failed before

Faces that are found again stay what they are, with the people they are with. Names survive.
Interrupted, it goes on when it is run again, or when the app is next started.
"""


class Command(BaseCommand):
    """Look for faces again, in this process, then group the people anew."""

    help = "Look for faces again: in all photos, in an album's, or only where it failed. Names survive."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """With examples, set as they are written."""
        kwargs |= {"epilog": EXAMPLES, "formatter_class": argparse.RawDescriptionHelpFormatter}
        return super().create_parser(prog_name, subcommand, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        """Which photos, whose, and what to show."""
        parser.add_argument("--album", metavar="NAME", help="only the photos of this album")
        parser.add_argument("--failed", action="store_true", help="only photos in which it failed before")
        parser.add_argument(
            "--owner", metavar="NAME", help="whose photos; needed when there are several accounts"
        )
        parser.add_argument("--no-progress", action="store_true", help="show no progress bar")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Reopen the scans first, so that nothing is forgotten, then run them."""
        try:
            owner = import_owner(username=options["owner"])
        except OwnerUnclearError as error:
            raise CommandError(str(error), returncode=WRONG_ARGUMENTS) from error
        albums = []
        if options["album"] is not None:
            albums = list(Album.objects.visible_to(owner).filter(name=options["album"]))
            if not albums:
                names = ", ".join(repr(album.name) for album in Album.objects.visible_to(owner)[:20])
                raise CommandError(
                    f"There is no album named {options['album']!r}. Albums: {names or 'none yet'}.",
                    returncode=WRONG_ARGUMENTS,
                )
        images = images_to_reindex(
            Image.objects.visible_to(owner), albums=albums, failed_only=options["failed"]
        )
        image_ids = list(images.order_by("pk").values_list("pk", flat=True))
        if not image_ids:
            self.stdout.write("No photo to look at.")
            return
        images_reopen(image_ids)
        disable = True if options["no_progress"] else None
        with tqdm(
            total=len(image_ids), desc="Finding faces", unit="photo", file=sys.stderr, disable=disable
        ) as bar:
            try:
                for count in images_rescan(image_ids):
                    bar.update(count)
            except VisionError as error:
                raise CommandError(str(error)) from error
        run = owner_recluster(owner)
        faces = Face.objects.filter(image__in=image_ids).count()
        failed = FaceScan.objects.filter(image__in=image_ids, state=FaceScan.State.FAILED)
        self.stdout.write(f"{len(image_ids)} photos looked at, {faces} faces, {failed.count()} failed")
        for scan in failed.select_related("image").order_by("image__source_path"):
            self.stdout.write(f"  {scan.image.source_path}: {scan.detail}")
        if run is not None:
            self.stdout.write(f"{run.people} people, {run.waiting} faces waiting, {run.moved} faces moved")
