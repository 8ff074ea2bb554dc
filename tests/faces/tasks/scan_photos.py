"""Photos for the tasks, what becomes of them, and a detector that fails."""

from django.contrib.auth.models import User

from albums.models import Image
from faces.models import FaceScan
from faces.services.detecting.scans import scans_open
from tests.faces.coloured import ColourDetector, photo

PENDING, DONE, FAILED = FaceScan.State.PENDING, FaceScan.State.DONE, FaceScan.State.FAILED


class Killed(BaseException):
    """As good as a kill: nothing after it is run."""


def states(images: list[Image]) -> list[str]:
    by_image = dict(FaceScan.objects.values_list("image_id", "state"))
    return [by_image[image.pk] for image in images]


def ids(images: list[Image]) -> list[int]:
    return [image.pk for image in images]


def opened(owner: User, count: int) -> list[Image]:
    images = [photo(owner, red=(10, 10, 80)) for _ in range(count)]
    scans_open(ids(images))
    return images


def raising(detector: ColourDetector, error: BaseException) -> None:
    def fail(_picture: object) -> None:
        raise error

    detector.before = fail
