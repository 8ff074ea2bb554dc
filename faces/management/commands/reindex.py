"""bin/manage reindex: look at photos again, with the same models or with others."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import CommandParser

from albums.management.owners import add_owner_option, owner_of
from albums.models import Album, Image
from albums.services.uploading.folder_listing import printable_path
from config.commands.reporting import Outcome as CommandOutcome
from config.commands.reporting import ReportingCommand, cannot, problem, wrong
from faces.conf import face_settings
from faces.exceptions import PeopleError
from faces.models import FaceScan
from faces.services.core.owner_pipeline import owner_models
from faces.services.reindexing.apply import Carryover
from faces.services.reindexing.run import (
    Outcome,
    ReindexRequest,
    images_to_reindex,
    reindex,
    reindex_request,
    reindex_todo,
)
from faces.services.reindexing.state_diff import Difference
from faces.vision.errors import VisionError
from faces.vision.weights.table import Purpose, model_matching

MOST_FAILURES = 20
LABELS = {"photos": ("Finding faces", "photo"), "faces": ("Comparing faces", "face")}


class Command(ReportingCommand):
    """Look at photos again, in this process, then group the people anew."""

    help = "Look for faces again, or with other models. Names survive."
    examples = """
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
    interrupted = "Interrupted. Nothing was changed, and what is computed is kept: run it again to go on."

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
        add_owner_option(parser)

    def work(self, **options: Any) -> CommandOutcome:
        """Compute beside, switch, and say what became of everybody."""
        owner = owner_of(options)
        try:
            detector = _model(options["detector"], Purpose.DETECTOR)
            embedder = _model(options["model"], Purpose.EMBEDDER)
        except VisionError as error:
            raise wrong(str(error), code="unknown_model") from error
        images = images_to_reindex(
            owner,
            albums=_albums(owner, options["album"]),
            image_ids=_image_ids(owner, options["image"]),
            failed_only=options["failed"],
        )
        request = reindex_request(owner=owner, images=images, detector=detector, embedder=embedder)
        image_ids = list(request.images.values_list("pk", flat=True))
        if not image_ids:
            return CommandOutcome({"photos": 0}, ["No photo to look at."])
        try:
            outcome = self._run(request, plan=options["plan"])
        except VisionError as error:
            raise cannot(str(error), code="models") from error
        except PeopleError as error:
            raise cannot(str(error), code=error.code) from error
        failed = FaceScan.objects.filter(image__in=image_ids, state=FaceScan.State.FAILED)
        count = failed.count()
        shown = list(failed.select_related("image").order_by("image__source_path")[:MOST_FAILURES])
        data = {
            "photos": len(image_ids),
            "plan": options["plan"],
            "detector": request.models.detector,
            "embedder": request.models.embedder,
            **_data(outcome),
            "failed": count,
            "failures": [
                {"image": scan.image_id, "path": scan.image.source_path, "reason": scan.reason}
                for scan in shown
            ],
        }
        lines = [*_report(request, outcome, plan=options["plan"]), *_failure_lines(shown, count)]
        if not count:
            return CommandOutcome(data, lines)
        said = f"In {count} photos faces could not be looked for. To try again: bin/manage reindex --failed"
        return CommandOutcome(data, lines, problem(said, code="photos_failed"))

    def _run(self, request: ReindexRequest, *, plan: bool) -> Outcome:
        with ExitStack() as stack:
            bars = {
                kind: stack.enter_context(self.bar(total=count, desc=LABELS[kind][0], unit=LABELS[kind][1]))
                for kind, count in reindex_todo(request).items()
                if count
            }

            def progress(kind: str, count: int) -> None:
                if kind in bars:
                    bars[kind].update(count)

            return reindex(request, plan=plan, progress=progress)


def _data(outcome: Outcome) -> dict[str, Any]:
    """The figures of an outcome, for programs."""
    found: dict[str, Any] = {"unreadable": outcome.unreadable, "lacking": outcome.lacking}
    if outcome.carried is not None:
        carried = outcome.carried
        found |= {name: getattr(carried, name) for name in ("again", "new", "kept", "gone")}
    if outcome.people is not None:
        people = outcome.people
        counts = ("faces", "people", "waiting", "moved", "placed", "released", "names", "names_lost")
        found |= {name: getattr(people, name) for name in (*counts, "facts_lost")}
        found |= {"split": len(people.split), "joined": len(people.joined)}
    return found


def _report(request: ReindexRequest, outcome: Outcome, *, plan: bool) -> list[str]:
    """What became of everybody, for people."""
    lines = []
    if outcome.people is None:
        lines.append(
            f"The faces in these photos can be compared with {request.models.embedder} now; "
            f"{outcome.lacking} faces in other photos cannot yet. "
            "Run it without a choice of photos to change the model."
        )
    else:
        if plan:
            lines.append("A plan: nothing was changed. What was computed for it is kept.")
        lines.append(f"Models: {request.models.detector}, {request.models.embedder}")
        lines += _people(outcome.people, outcome.carried)
    if outcome.unreadable:
        lines.append(f"{outcome.unreadable} photos cannot be read: their faces stay with whom they are with.")
    present, configured = owner_models(request.owner.pk), face_settings()
    if not plan and present != configured:
        lines.append(
            f"(The settings name {configured.detector} and {configured.embedder}, for new accounts; "
            f"this one has {present.detector} and {present.embedder}.)"
        )
    return lines


def _people(people: Difference, carried: Carryover | None) -> list[str]:
    lines = []
    if carried is not None:
        lines.append(
            f"{carried.photos} photos looked at: {carried.again} faces found again, {carried.new} new, "
            f"{carried.kept} not found and kept (something was said of them), "
            f"{carried.gone} not found and gone"
        )
    moves = f"{people.moved} moved, {people.placed} placed, {people.released} released"
    lines.append(f"{people.faces} faces: {people.people} people, {people.waiting} waiting; {moves}")
    lines.append(f"{len(people.split)} people split, {len(people.joined)} people joined")
    lines.append(f"names lost: {people.names_lost} of {people.names}; other facts lost: {people.facts_lost}")
    return lines


def _failure_lines(shown: list[FaceScan], count: int) -> list[str]:
    lines = [f"  {printable_path(scan.image.source_path)}: {scan.detail or scan.why}" for scan in shown]
    return [*lines, f"  and {count - MOST_FAILURES} more"] if count > MOST_FAILURES else lines


def _model(name: str | None, purpose: Purpose) -> str | None:
    return None if name is None else model_matching(name, purpose).name


def _albums(owner: User, names: list[str] | None) -> list[Album] | None:
    if names is None:
        return None
    albums = {album.name: album for album in Album.objects.visible_to(owner)}
    for name in names:
        if name not in albums:
            known = ", ".join(repr(other) for other in list(albums)[:20])
            raise wrong(f"There is no album named {name!r}. Albums: {known or 'none yet'}.")
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
            raise wrong(f"There is no photo {name!r}.")
        found.append(image.pk)
    return found
