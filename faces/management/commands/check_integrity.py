"""Command `check_integrity`: consistency of files and rows."""

from collections import Counter
from dataclasses import asdict
from itertools import chain
from typing import Any

from django.core.management.base import CommandParser

from albums.management.accounts import find_account
from albums.services.upkeep.integrity import CheckOptions, Finding, images_check, jobs_check
from albums.services.upkeep.orphaned_files import orphaned_photo_files
from config.commands.reporting import (
    MAX_LINES,
    ReportingCommand,
    Result,
    failed,
    first_lines,
    unavailable,
)
from faces.services.upkeep.integrity import faces_check

LABELS = {
    "original_missing": "originals are missing",
    "original_damaged": "originals are damaged",
    "original_back": "originals marked as lost are valid again",
    "rendition_missing": "thumbnails are missing",
    "crop_missing": "face crops are missing",
    "job_file_missing": "files of jobs are missing",
    "job_file_damaged": "files of jobs are damaged",
    "stray_file": "files are orphaned",
    "stray_upload": "uploaded files are orphaned",
    "upload_lost": "uploads have lost their files",
    "face_in_the_wrong_place": "faces are in the bin without their photo, or the reverse",
    "cover_of_somebody_else": "covers belong to other accounts",
    "vector_of_somebody_else": "vectors belong to other accounts",
    "face_with_a_stranger": "faces are assigned to people of other accounts",
    "said_of_a_stranger": "decisions are about people of other accounts",
    "vector_missing": "faces have no vector",
    "vector_misshapen": "vectors have a wrong length",
    "tally_wrong": "people have wrong statistics",
    "tally_of_nobody": "statistics belong to no person",
    "exemplar_wrong": "people have outdated exemplars for searches",
    "exemplar_of_nobody": "exemplars for searches belong to no person",
}


class Command(ReportingCommand):
    help = (
        "Check that every row has its file and every file its row, that originals are unchanged, and that "
        "faces, vectors and statistics are consistent. It may run while the app does."
    )
    examples = """
  bin/manage check_integrity
  bin/manage check_integrity --quick            compare only the size of originals
  bin/manage check_integrity --repair
  bin/manage check_integrity --owner ada --json

--repair generates thumbnails, face crops, vectors and statistics again, and moves orphaned files to
lost-found/ in the data folder. It marks a photo whose original is missing or damaged; the photo's faces,
names and albums stay, and adding the same file again restores it. It deletes nothing.
"""
    interrupted = "Interrupted. Repairs are saved: run it again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--owner", metavar="NAME", help="check one account; default: all")
        parser.add_argument("--quick", action="store_true", help="compare sizes and do not read originals")
        parser.add_argument("--repair", action="store_true", help="repair what is possible")

    def run(self, **options: Any) -> Result:
        owner = find_account(options["owner"]) if options["owner"] else None
        found: list[Finding] = []
        counts: Counter[str] = Counter()
        repaired: Counter[str] = Counter()
        rows = 0
        with self.bar(desc="Checking", unit="row") as bar:

            def progress(count: int) -> None:
                nonlocal rows
                rows += count
                bar.update(count)

            check = CheckOptions(
                owner=owner, quick=options["quick"], repair=options["repair"], progress=progress
            )
            checks = (images_check, jobs_check, orphaned_photo_files, faces_check)
            try:
                for finding in chain.from_iterable(one(check) for one in checks):
                    counts[finding.code] += 1
                    repaired[finding.code] += finding.repaired
                    # An unavailable disk would give a hundred thousand.
                    if counts[finding.code] <= MAX_LINES:
                        found.append(finding)
            except OSError as error:
                message = f"The storage fails: {error.strerror or error}. Repair it, and run this again."
                raise unavailable(message, code="storage") from error
        data = {
            "checked": rows,
            "found": dict(counts),
            "repaired": {code: count for code, count in repaired.items() if count},
            "findings": [asdict(finding) for finding in found],
        }
        lines = _lines(found, counts, repaired)
        if not (unrepaired := counts.total() - repaired.total()):
            return Result(data, lines or ["No problems found."])
        message = f"{unrepaired} problems are not repaired; the lines say what to do."
        return Result(data, lines, failed(message, code="found"))


def _lines(found: list[Finding], counts: Counter[str], repaired: Counter[str]) -> list[str]:
    lines = []
    for code, count in counts.items():
        done = f", {repaired[code]} repaired" if repaired[code] else ""
        lines.append(f"{count} {LABELS.get(code, code)}{done}:")
        details = [
            f"  {one.what}: {'repaired' if one.repaired else one.remedy}" for one in found if one.code == code
        ]
        lines += first_lines(details, total=count)
    return lines
