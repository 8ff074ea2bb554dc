"""Decode pictures and run models apart from the process of the web server.

In a worker they run in its own process: that is a child which serves no requests, which ends at a time limit,
and whose photos are leased.
"""

from collections.abc import Callable, Sequence
from typing import BinaryIO, TypeVar

from django.conf import settings

from albums import imaging
from albums.exceptions import ImageRefused, PicturesBusy, RefusalCode
from albums.imaging import Limits, Probe
from albums.imaging.isolation import ChildCrashed, Children, ChildrenBusy, ChildTookTooLong

Result = TypeVar("Result")

SECONDS = 30.0
"""For one picture: the largest takes some five seconds of a core."""

WAIT_SECONDS = 8.0
"""For a free child, in a request."""

RETRY_SECONDS = 5

_in_place = False


def isolate_nothing() -> None:
    """Run everything in this process from now on: it is one of a worker's."""
    global _in_place  # noqa: PLW0603 - a fact about the process
    _in_place = True


def isolated(
    function: Callable[..., Result], *arguments: object, files: Sequence[BinaryIO] = (), **options: object
) -> Result:
    """Return `function(*files, *arguments, **options)`, run in a child process unless this is a worker.

    The function is one of a module, without the database. Raises the ImageRefused and ModelError that it
    raises; ImageRefused if its process crashes or takes too long, PicturesBusy if no child gets free.
    """
    if _in_place or settings.PICTURES_IN_PLACE:
        for file in files:
            file.seek(0)
        return function(*files, *arguments, **options)
    children = Children(
        settings.PICTURE_FOLDER, count=settings.PICTURES_AT_ONCE, seconds=SECONDS, wait=WAIT_SECONDS
    )
    try:
        return children.run(function, *arguments, files=files, **options)
    except ChildrenBusy as error:
        raise PicturesBusy(seconds=RETRY_SECONDS) from error
    except ChildTookTooLong as error:
        raise ImageRefused(RefusalCode.TOOK_TOO_LONG, str(error)) from error
    except ChildCrashed as error:
        raise ImageRefused(RefusalCode.CRASHED, str(error)) from error


def picture_probe(file: BinaryIO, *, limits: Limits) -> Probe:
    """Read the header of a picture, as `imaging.probe` does; apart if that takes more than Python code.

    Raises as `isolated` does.
    """
    if imaging.probe_is_simple(file):
        return imaging.probe(file, limits=limits)
    return isolated(imaging.probe, files=[file], limits=limits)
