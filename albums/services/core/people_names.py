"""Names of the people in photos, from the apps that know people."""

from collections.abc import Callable, Collection, Mapping, Sequence

from albums.extensions import provided

NameSource = Callable[[int, Collection[int]], Mapping[int, Sequence[str]]]
"""Takes an owner's id and image ids; returns the names of people whom the owner named and did not hide."""


def names_in(image_ids: Collection[int], *, owner_id: int) -> dict[int, list[str]]:
    """Return the names of people by image, from left to right; without images that show none."""
    names: dict[int, list[str]] = {}
    for source in provided(lambda app: app.people_names):
        for image_id, found in source(owner_id, image_ids).items():
            names.setdefault(image_id, []).extend(found)
    return names
