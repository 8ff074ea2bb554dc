"""Command `reindex`: scan photos again, with the same or other models."""

from contextlib import ExitStack
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import CommandParser
from django.db.models import QuerySet

from albums.management.accounts import add_owner_option, find_account
from albums.models import Album, Image
from albums.services.uploading.folder_listing import printable_path
from config.commands.reporting import (
    MAX_LINES,
    ReportingCommand,
    Result,
    failed,
    first_lines,
    unavailable,
    usage_error,
)
from faces.conf import face_settings
from faces.exceptions import PeopleError
from faces.management.installing import missing_models_fetch
from faces.models import FaceScan
from faces.services.core.owner_pipeline import owner_models
from faces.services.reindexing.apply import ScanCounts
from faces.services.reindexing.run import (
    Outcome,
    ReindexRequest,
    images_to_reindex,
    reindex,
    reindex_pending,
    reindex_request,
)
from faces.services.reindexing.state_diff import PeopleDiff
from faces.vision.errors import VisionError
from faces.vision.weights.table import Purpose, name_matching

LABELS = {"photos": ("Finding faces", "photo"), "faces": ("Computing vectors", "face")}


class Command(ReportingCommand):
    help = "Scan photos again, with the same or other models. Names are never lost."
    examples = """
  bin/manage reindex                       all photos, with the current models
  bin/manage reindex --model sface --plan  print what another model would change, and change nothing
  bin/manage reindex --model sface         compare faces with another model from now on
  bin/manage reindex --detector yunet      find faces with another detector from now on
  bin/manage reindex --album "The wedding" only the photos of this album
  bin/manage reindex --image 17 --image holiday/photo.jpg
  bin/manage reindex --failed              only photos whose scan failed

Faces that are found again stay assigned to their people. User decisions (names, confirmed and rejected faces,
covers, hidden people) stay, whatever the models find. The app works with the current models until everything
is computed; then one step switches to the new results, and this step can be undone. When interrupted, the
next run continues. Models that are missing are installed first.
"""
    interrupted = "Interrupted. Nothing was changed, and results are saved: run it again to continue."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--model", metavar="NAME", help="compare faces with this embedder from now on")
        parser.add_argument("--detector", metavar="NAME", help="find faces with this detector from now on")
        parser.add_argument("--album", metavar="NAME", action="append", help="only this album; repeatable")
        parser.add_argument("--image", metavar="ID|PATH", action="append", help="only this photo; repeatable")
        parser.add_argument("--failed", action="store_true", help="only photos whose scan failed")
        parser.add_argument("--plan", action="store_true", help="print what would change, and change nothing")
        add_owner_option(parser)

    def run(self, **options: Any) -> Result:
        owner = find_account(options["owner"])
        try:
            detector = _model(options["detector"], Purpose.DETECTOR)
            embedder = _model(options["model"], Purpose.EMBEDDER)
        except VisionError as error:
            raise usage_error(str(error), code="unknown_model") from error
        images = images_to_reindex(
            owner,
            albums=_albums(owner, options["album"]),
            image_ids=_image_ids(owner, options["image"]),
            failed_only=options["failed"],
        )
        request = reindex_request(owner=owner, images=images, detector=detector, embedder=embedder)
        models = request.models
        missing_models_fetch((models.detector, models.embedder), silent=options["no_progress"])
        image_ids = list(request.images.values_list("pk", flat=True))
        if not image_ids:
            return Result({"photos": 0}, ["There are no photos to scan."])
        try:
            outcome = self._reindex(request, plan=options["plan"])
        except VisionError as error:
            raise unavailable(str(error), code="models") from error
        except PeopleError as error:
            raise unavailable(str(error), code=error.code) from error
        failures = FaceScan.objects.filter(image__in=image_ids, state=FaceScan.State.FAILED)
        count = failures.count()
        first = list(failures.select_related("image").order_by("image__source_path")[:MAX_LINES])
        data = {
            "photos": len(image_ids),
            "plan": options["plan"],
            "detector": request.models.detector,
            "embedder": request.models.embedder,
            **_data(outcome),
            "failed": count,
            "failures": [
                {"image": scan.image_id, "path": scan.image.source_path, "reason": scan.reason}
                for scan in first
            ],
        }
        details = [f"  {printable_path(one.image.source_path)}: {one.detail or one.why}" for one in first]
        lines = [*_report(request, outcome, plan=options["plan"]), *first_lines(details, total=count)]
        if not count:
            return Result(data, lines)
        message = f"The scan of {count} photos failed. To try again: bin/manage reindex --failed"
        return Result(data, lines, failed(message, code="photos_failed"))

    def _reindex(self, request: ReindexRequest, *, plan: bool) -> Outcome:
        with ExitStack() as stack:
            bars = {
                kind: stack.enter_context(self.bar(total=count, desc=LABELS[kind][0], unit=LABELS[kind][1]))
                for kind, count in reindex_pending(request).items()
                if count
            }

            def progress(kind: str, count: int) -> None:
                if kind in bars:
                    bars[kind].update(count)

            return reindex(request, plan=plan, progress=progress)


def _data(outcome: Outcome) -> dict[str, Any]:
    data: dict[str, Any] = {"unreadable": outcome.unreadable, "lacking": outcome.lacking}
    if outcome.carried is not None:
        carried = outcome.carried
        data |= {name: getattr(carried, name) for name in ("again", "new", "gone")}
        data["kept"] = carried.preserved
    if outcome.people is not None:
        people = outcome.people
        counts = ("faces", "people", "waiting", "moved", "placed", "released", "names", "names_lost")
        data |= {name: getattr(people, name) for name in (*counts, "facts_lost")}
        data |= {"split": len(people.split), "joined": len(people.joined)}
    return data


def _report(request: ReindexRequest, outcome: Outcome, *, plan: bool) -> list[str]:
    lines = []
    if outcome.people is None:
        lines.append(
            f"The faces in these photos have vectors of {request.models.embedder} now; {outcome.lacking} "
            "faces in other photos have none yet. Run it for all photos to change the model."
        )
    else:
        if plan:
            lines.append("A plan: nothing was changed. The computed results are saved.")
        lines.append(f"Models: {request.models.detector}, {request.models.embedder}")
        lines += _people(outcome.people, outcome.carried)
    if outcome.unreadable:
        lines.append(f"{outcome.unreadable} photos cannot be read: their faces stay with their people.")
    current, configured = owner_models(request.owner.pk), face_settings()
    if not plan and current != configured:
        lines.append(
            f"(New accounts use {configured.detector} and {configured.embedder}, as in the settings; "
            f"this one uses {current.detector} and {current.embedder}.)"
        )
    return lines


def _people(people: PeopleDiff, carried: ScanCounts | None) -> list[str]:
    lines = []
    if carried is not None:
        lines.append(
            f"{carried.photos} photos scanned: {carried.again} faces found again, {carried.new} new, "
            f"{carried.preserved} not found but preserved because of a user decision, "
            f"{carried.gone} not found and removed"
        )
    moves = f"{people.moved} moved, {people.placed} assigned, {people.released} no longer assigned"
    lines.append(f"{people.faces} faces: {people.people} people, {people.waiting} unassigned; {moves}")
    lines.append(f"{len(people.split)} people split, {len(people.joined)} people joined")
    lost = f"other decisions lost: {people.facts_lost}"
    return [*lines, f"names lost: {people.names_lost} of {people.names}; {lost}"]


def _model(name: str | None, purpose: Purpose) -> str | None:
    return None if name is None else name_matching(name, purpose)


def _albums(owner: User, names: list[str] | None) -> list[Album] | None:
    albums = {album.name: album for album in Album.objects.visible_to(owner)}
    if unknown := [name for name in names or () if name not in albums]:
        known = ", ".join(map(repr, list(albums)[:20])) or "none yet"
        raise usage_error(f"There is no album named {unknown[0]!r}. Albums: {known}.")
    return None if names is None else [albums[name] for name in names]


def _image_ids(owner: User, names: list[str] | None) -> list[int] | None:
    return None if names is None else [_image_id(Image.objects.visible_to(owner), name) for name in names]


def _image_id(images: QuerySet[Image], name: str) -> int:
    found = images.filter(source_path=name).first()
    if found is None and name.isdecimal():
        found = images.filter(pk=int(name)).first()
    if found is None:
        raise usage_error(f"There is no photo {name!r}.")
    return int(found.pk)
