"""The report of `import_folder --takeout`: the counts, and files without their other part."""

from collections.abc import Sequence
from typing import Any

from albums.services.importing.takeout import TakeoutReport
from albums.services.uploading.folder_listing import printable_path

MOST_SHOWN = 20


def takeout_data(report: TakeoutReport) -> dict[str, Any]:
    """Return the report for programs."""
    return {
        "matched": report.matched,
        "without_json": [printable_path(path) for path in report.without],
        "json_without_picture": [printable_path(path) for path in report.unmatched],
        "json_of_films": report.films,
        "in_bin": report.in_bin,
        "unreadable_json": [
            {"path": printable_path(path), "reason": reason} for path, reason in report.unreadable
        ],
        "albums": sorted(report.albums),
        "people": sorted(report.people),
    }


def takeout_lines(report: TakeoutReport) -> list[str]:
    """Return the report for people: counts, then the files without their other part."""
    counts = (
        f"Google Photos: {report.matched} pictures with their JSON file, {len(report.without)} without; "
        f"{len(report.albums)} albums; {len(report.people)} names of people."
    )
    lines = [counts]
    if report.films:
        lines.append(f"{report.films} JSON files are of films, which are not imported.")
    if report.in_bin:
        lines.append(f"{report.in_bin} photos were in the bin of Google Photos, and are not imported.")
    lines += _listed("without a JSON file", report.without)
    lines += _listed("JSON without its picture", report.unmatched)
    lines += _listed("unreadable", [f"{path}: {reason}" for path, reason in report.unreadable])
    return lines


def _listed(title: str, paths: Sequence[str]) -> list[str]:
    lines = [f"  {title}: {printable_path(path)}" for path in paths[:MOST_SHOWN]]
    if len(paths) > MOST_SHOWN:
        lines.append(f"  and {len(paths) - MOST_SHOWN} more {title}; --json lists all.")
    return lines
