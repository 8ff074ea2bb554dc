"""Folders of people for a look-alike gallery: DIR/PERSON/photo.jpg. Apps that know people name them."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import User

from albums.extensions import provided
from albums.validators import plain_name

Track = Callable[[Sequence[Any]], Iterable[Any]]
"""Wraps a list to show the progress through it."""


@dataclass(slots=True)
class NamingReport:
    """The result of naming people by their folders.

    people: folders whose person has a face now. named: faces named now. settled: faces named so before.
    unclear: images without a face that is surely the person, with a code: "no_face", "scan_failed",
    "no_match" (no face like those of the person's other photos), "decided_otherwise" (the owner decided who
    it is), "other_folder" (the face is nearer to the person of another folder), "name_refused".
    """

    people: int = 0
    named: int = 0
    settled: int = 0
    unclear: dict[int, str] = field(default_factory=dict)

    def add(self, other: "NamingReport") -> None:
        """Add the report of other people."""
        self.people += other.people
        self.named += other.named
        self.settled += other.settled
        self.unclear |= other.unclear


@dataclass(frozen=True, slots=True)
class GallerySource:
    """The part of an app in naming the people of a gallery.

    enabled: whether it looks for people in an owner's photos. waiting: how many of these images are not
    scanned yet. name: names the people in an owner's images, given by the name of each folder's person;
    repeating it changes nothing.
    """

    enabled: Callable[[int], bool]
    waiting: Callable[[Collection[int]], int]
    name: Callable[[User, Mapping[str, Collection[int]], Track], NamingReport]


def gallery_sources(owner_id: int) -> list[GallerySource]:
    """Return the sources that look for people in an owner's photos."""
    sources = provided(lambda app: app.galleries)
    return [source for source in sources if source.enabled(owner_id)]


def people_folders(files: Mapping[str, int]) -> dict[str, set[int]]:
    """Return the images of each person, by the name of the folder that their files are in.

    files: image ids by relative path. Underscores count as spaces. Files beside the folders are left out.
    """
    people: dict[str, set[int]] = {}
    for path, image_id in files.items():
        folder, slash, _rest = path.partition("/")
        name = plain_name(folder.replace("_", " "))
        if slash and name:
            people.setdefault(name, set()).add(image_id)
    return people
