"""The files that a backup holds, as rows name them: originals, and the files of saved jobs."""

from collections.abc import Iterator

from albums.models import Image, JobFile
from albums.services.backup.format import Stored

ROWS = 1000

QUERY = """
SELECT original, size_bytes, sha256 FROM albums_image WHERE original <> ''
UNION ALL
SELECT file.file, file.size_bytes, file.sha256
FROM albums_jobfile AS file JOIN albums_job AS job ON job.id = file.job_id WHERE job.saved
"""
"""Path, bytes and sha256 of each file, for a connection of its own."""


def stored_count() -> int:
    """Return the number of files."""
    return Image.objects.exclude(original="").count() + JobFile.objects.filter(job__saved=True).count()


def stored_now() -> Iterator[Stored]:
    """Yield the files as the rows have them now, a thousand at a time and without a transaction."""
    images = Image.objects.exclude(original="").values_list("pk", "original", "size_bytes", "sha256")
    saved = JobFile.objects.filter(job__saved=True).values_list("pk", "file", "size_bytes", "sha256")
    for rows in (images, saved):
        last = 0
        while batch := list(rows.filter(pk__gt=last).order_by("pk")[:ROWS]):
            for _pk, name, size, sha256 in batch:
                yield Stored(name, size, sha256)
            last = batch[-1][0]


def still_named(paths: set[str]) -> set[str]:
    """Return the files that a row still names: they are lost in the album, not erased."""
    found: set[str] = set()
    names = sorted(paths)
    for start in range(0, len(names), ROWS):
        some = names[start : start + ROWS]
        found.update(Image.objects.filter(original__in=some).values_list("original", flat=True))
        found.update(JobFile.objects.filter(file__in=some).values_list("file", flat=True))
    return found
