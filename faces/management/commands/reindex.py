"""bin/manage reindex: look at photos again, with the same models or with others."""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from albums.exceptions import OwnerUnclearError
from albums.models import Album, Image
from albums.services.imports import import_owner
from faces.conf import face_settings
from faces.exceptions import PeopleError
from faces.models import FaceScan
from faces.services.owner_models import owner_models
from faces.services.people_states import Difference
from faces.services.reindexing import Outcome, Wish, images_to_reindex, reindex, reindex_todo, reindex_wish
from faces.services.switching import Carryover
from faces.vision.errors import VisionError
from faces.vision.model_table import Purpose, model_matching

WRONG_ARGUMENTS = 2
MOST_FAILURES = 20
LABELS = {"photos": ("Finding faces", "photo"), "faces": ("Comparing faces", "face")}
EXAMPLES = """examples:
  bin/manage reindex                       every photo, with the models in use
  bin/manage reindex --model sface --plan  what would another model change? Nothing is done
  bin/manage reindex --model sface         compare faces with another model from now on
  bin/manage reindex --detector yunet      find faces with another detector from now on
  bin/manage reindex --album "The wedding" only that album's photos
  bin/manage reindex --image 17 --image holiday/photo.jpg
  bin/manage reindex --failed              only photos in which it failed before

Faces that are found again stay what they are, with the people they are with. What you said (names, confirmed
and rejected faces, covers, hidden people) stays, whatever the models find. The app works on meanwhile, with
the present models; when all is computed one step makes it yours, and that step can be undone.
Interrupted, it goes on where it ended when it is run again.
"""


class Command(BaseCommand):
    """Look at photos again, in this process, then group the people anew."""

    help = "Look for faces again, or with other models. Names survive."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """With examples, set as they are written."""
        kwargs |= {"epilog": EXAMPLES, "formatter_class": argparse.RawDescriptionHelpFormatter}
        return super().create_parser(prog_name, subcommand, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        """Which photos, whose, with what, and what to show."""
        parser.add_argument("--model", metavar="NAME", help="compare faces with this embedder from now on")
        parser.add_argument("--detector", metavar="NAME", help="find faces with this detector from now on")
        parser.add_argument(
            "--album", metavar="NAME", action="append", help="only the photos of this album; may be repeated"
        )
        parser.add_argument(
            "--image",
            metavar="ID|PATH",
            action="append",
            help="only this photo: its number, or its path as imported; may be repeated",
        )
        parser.add_argument("--failed", action="store_true", help="only photos in which it failed before")
        parser.add_argument(
            "--plan", action="store_true", help="say what would move, split and join; change nothing"
        )
        parser.add_argument(
            "--owner", metavar="NAME", help="whose photos; needed when there are several accounts"
        )
        parser.add_argument("--no-progress", action="store_true", help="show no progress bar")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Compute beside, switch, and say what became of everybody."""
        try:
            owner = import_owner(username=options["owner"])
            detector = _model(options["detector"], Purpose.DETECTOR)
            embedder = _model(options["model"], Purpose.EMBEDDER)
        except (OwnerUnclearError, VisionError) as error:
            raise CommandError(str(error), returncode=WRONG_ARGUMENTS) from error
        images = images_to_reindex(
            owner,
            albums=_albums(owner, options["album"]),
            image_ids=_image_ids(owner, options["image"]),
            failed_only=options["failed"],
        )
        wish = reindex_wish(owner=owner, images=images, detector=detector, embedder=embedder)
        image_ids = list(wish.images.values_list("pk", flat=True))
        if not image_ids:
            self.stdout.write("No photo to look at.")
            return
        try:
            outcome = self._run(wish, plan=options["plan"], silent=options["no_progress"])
        except (VisionError, PeopleError) as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt as error:
            message = "Interrupted. Nothing was changed, and what is computed is kept: run it again to go on."
            raise CommandError(message, returncode=130) from error
        self._report(wish, outcome, plan=options["plan"])
        self._failures(image_ids)

    def _run(self, wish: Wish, *, plan: bool, silent: bool) -> Outcome:
        with ExitStack() as stack:
            bars = {
                kind: stack.enter_context(
                    tqdm(
                        total=count,
                        desc=LABELS[kind][0],
                        unit=LABELS[kind][1],
                        file=sys.stderr,
                        disable=True if silent else None,
                    )
                )
                for kind, count in reindex_todo(wish).items()
                if count
            }

            def progress(kind: str, count: int) -> None:
                if kind in bars:
                    bars[kind].update(count)

            return reindex(wish, plan=plan, progress=progress)

    def _report(self, wish: Wish, outcome: Outcome, *, plan: bool) -> None:
        if outcome.people is None:
            self.stdout.write(
                f"The faces in these photos can be compared with {wish.models.embedder} now; "
                f"{outcome.lacking} faces in other photos cannot yet. "
                "Run it without a choice of photos to change the model."
            )
        else:
            if plan:
                self.stdout.write("A plan: nothing was changed. What was computed for it is kept.")
            self.stdout.write(f"Models: {wish.models.detector}, {wish.models.embedder}")
            if outcome.carried is not None:
                self._carried(outcome.carried)
            self._people(outcome.people)
        if outcome.unreadable:
            self.stdout.write(
                f"{outcome.unreadable} photos cannot be read: their faces stay with whom they are with."
            )
        present, configured = owner_models(wish.owner.pk), face_settings()
        if not plan and present != configured:
            self.stdout.write(
                f"(The settings name {configured.detector} and {configured.embedder}, for new accounts; "
                f"this one has {present.detector} and {present.embedder}.)"
            )

    def _carried(self, carried: Carryover) -> None:
        self.stdout.write(
            f"{carried.photos} photos looked at: {carried.again} faces found again, {carried.new} new, "
            f"{carried.kept} not found and kept (something was said of them), "
            f"{carried.gone} not found and gone"
        )

    def _people(self, people: Difference) -> None:
        self.stdout.write(
            f"{people.faces} faces: {people.people} people, {people.waiting} waiting; {people.moved} moved, "
            f"{people.placed} placed, {people.released} released"
        )
        self.stdout.write(f"{len(people.split)} people split, {len(people.joined)} people joined")
        self.stdout.write(
            f"names lost: {people.names_lost} of {people.names}; other facts lost: {people.facts_lost}"
        )

    def _failures(self, image_ids: list[int]) -> None:
        failed = FaceScan.objects.filter(image__in=image_ids, state=FaceScan.State.FAILED)
        count = failed.count()
        if count:
            self.stdout.write(f"In {count} photos faces could not be looked for:")
        for scan in failed.select_related("image").order_by("image__source_path")[:MOST_FAILURES]:
            self.stdout.write(f"  {scan.image.source_path}: {scan.detail or scan.why}")
        if count > MOST_FAILURES:
            self.stdout.write(f"  and {count - MOST_FAILURES} more")


def _model(name: str | None, purpose: Purpose) -> str | None:
    return None if name is None else model_matching(name, purpose).name


def _albums(owner: User, names: list[str] | None) -> list[Album] | None:
    if names is None:
        return None
    albums = {album.name: album for album in Album.objects.visible_to(owner)}
    for name in names:
        if name not in albums:
            known = ", ".join(repr(other) for other in list(albums)[:20])
            raise CommandError(
                f"There is no album named {name!r}. Albums: {known or 'none yet'}.",
                returncode=WRONG_ARGUMENTS,
            )
    return [albums[name] for name in names]


def _image_ids(owner: User, names: list[str] | None) -> list[int] | None:
    if names is None:
        return None
    found = []
    for name in names:
        own = Image.objects.visible_to(owner)
        image = own.filter(source_path=name).first()
        if image is None and name.isdecimal():
            image = own.filter(pk=int(name)).first()
        if image is None:
            raise CommandError(f"There is no photo {name!r}.", returncode=WRONG_ARGUMENTS)
        found.append(image.pk)
    return found
