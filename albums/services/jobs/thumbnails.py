"""Small pictures of jobs' results, for lists: made when they are first seen, and cached."""

from django.core.cache import cache

from albums.imaging.copies import jpeg_copy
from albums.models import Job, JobFile
from albums.services.core.isolation import isolated
from albums.services.core.limits import image_limits
from albums.services.jobs.kinds import job_kinds

SIDE = 256
"""Pixels of the long side: a list shows half of it, on screens with two pixels for one."""

CACHE_SECONDS = 24 * 3600


def job_picture(job: Job) -> JobFile | None:
    """Return the result or preview that represents a job: the one its kind names, or the first picture."""
    kind = job_kinds().get(job.kind)
    results = job.results() or job.previews()
    pictures = [file for file in results.values() if file.content_type.startswith("image/")]
    named = results.get(kind.thumbnail) if kind else None
    return named or (pictures[0] if pictures else None)


def job_thumbnail(file: JobFile) -> bytes:
    """Return a small JPEG of a picture. Raises ImageRefused, and FileNotFoundError if it is missing."""
    key = f"albums:job-thumbnail:{file.sha256}"
    found: bytes | None = cache.get(key)
    if found is None:
        with file.file.open("rb") as content:
            copy = isolated(jpeg_copy, files=[content.file], max_side=SIDE, limits=image_limits())
        found = copy.data
        cache.set(key, found, timeout=CACHE_SECONDS)
    return found
