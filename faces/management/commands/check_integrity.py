"""bin/manage check_integrity: whether every row has its file, and every file its row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.core.management.base import CommandParser

from albums.management.owners import owner_of
from albums.services.upkeep.integrity import CheckOptions, Finding, images_check
from albums.services.upkeep.orphaned_files import orphaned_photo_files
from config.commands.reporting import Outcome, ReportingCommand, cannot, problem
from faces.services.upkeep.integrity import faces_check

MOST_SHOWN = 20
WORDS = {
    "original_missing": "originals are missing",
    "original_damaged": "originals are damaged",
    "original_back": "originals are there again",
    "rendition_missing": "smaller pictures are missing",
    "crop_missing": "pictures of faces are missing",
    "stray_file": "files belong to nothing",
    "stray_upload": "files that came in belong to nothing",
    "upload_lost": "uploads have lost what had come in",
    "face_in_the_wrong_place": "faces are not in the bin with their photo, or in it without",
    "cover_of_somebody_else": "covers are of other accounts",
    "vector_of_somebody_else": "vectors are of other accounts",
    "face_with_a_stranger": "faces are with people of other accounts",
    "said_of_a_stranger": "answers are about people of other accounts",
    "vector_missing": "faces have no vector",
    "vector_misshapen": "vectors are of a wrong length",
    "tally_wrong": "people are counted wrong",
    "tally_of_nobody": "counts are of nobody",
}


class Command(ReportingCommand):
    """Look, and perhaps repair. Only what can be made again is changed, and nothing is deleted."""

    help = (
        "Check that every row has its file and every file its row, that originals are byte for byte what "
        "they were, and that faces, vectors and counts hang together. It may run while the app does."
    )
    examples = """
  bin/manage check_integrity
  bin/manage check_integrity --quick            originals by their size alone
  bin/manage check_integrity --repair
  bin/manage check_integrity --owner ada --json

--repair makes smaller pictures, pictures of faces, vectors and counts again, and moves files that belong to
nothing into lost-found/ in the data folder. A photo whose original is gone or damaged is marked with that
reason; its faces, names and albums stay, and adding the same file again brings it back.
"""
    interrupted = "Interrupted. What is repaired is repaired: run it again."
    # It needs models only to compute vectors that are missing, and then says so.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose, how, and what to do about it."""
        parser.add_argument("--owner", metavar="NAME", help="only this account's; default: everybody's")
        parser.add_argument("--quick", action="store_true", help="do not read originals, look at their size")
        parser.add_argument(
            "--repair", action="store_true", help="repair; move orphaned files to lost-found/"
        )

    def work(self, **options: Any) -> Outcome:
        """Look at everything, and count what was found."""
        owner = owner_of(options) if options["owner"] else None
        found: list[Finding] = []
        counted: Counter[str] = Counter()
        repaired: Counter[str] = Counter()
        rows = 0
        with self.bar(desc="Checking", unit="row") as bar:

            def looked_at(count: int) -> None:
                nonlocal rows
                rows += count
                bar.update(count)

            checked = CheckOptions(
                owner=owner, quick=options["quick"], repair=options["repair"], progress=looked_at
            )
            try:
                for finding in _everything(checked):
                    counted[finding.code] += 1
                    repaired[finding.code] += finding.repaired
                    # Of each kind the first ones: a disk that is away would give a hundred thousand.
                    if counted[finding.code] <= MOST_SHOWN:
                        found.append(finding)
            except OSError as error:
                said = f"The storage fails: {error.strerror or error}. Mend that, and run it again."
                raise cannot(said, code="storage") from error
        data = {
            "checked": rows,
            "found": dict(counted),
            "repaired": {code: count for code, count in repaired.items() if count},
            "findings": [
                {"code": one.code, "what": one.what, "repaired": one.repaired, "remedy": one.remedy}
                for one in found
            ],
        }
        left = counted.total() - repaired.total()
        lines = _lines(found, counted, repaired)
        if not left:
            return Outcome(data, lines or ["Everything is as it should be."])
        said = f"{left} things are not as they should be; what to do stands beside them."
        return Outcome(data, lines, problem(said, code="found"))


def _everything(options: CheckOptions) -> Iterator[Finding]:
    yield from images_check(options)
    yield from orphaned_photo_files(options)
    yield from faces_check(options)


def _lines(found: list[Finding], counted: Counter[str], repaired: Counter[str]) -> list[str]:
    lines = []
    for code, count in counted.items():
        done = f", {repaired[code]} repaired" if repaired[code] else ""
        lines.append(f"{count} {WORDS.get(code, code)}{done}:")
        shown = [finding for finding in found if finding.code == code]
        lines += [f"  {one.what}: {'repaired' if one.repaired else one.remedy}" for one in shown[:MOST_SHOWN]]
        if count > len(shown):
            lines.append(f"  and {count - len(shown)} more")
    return lines
