"""Who is in a photo, by name, for pages of this app that may say so.

This app knows nobody: an app that does registers a source.
"""

from collections.abc import Callable, Collection, Mapping, Sequence

NameSource = Callable[[int, Collection[int]], Mapping[int, Sequence[str]]]
"""Given an owner's id and the ids of images: the names in each, of people whom that owner named and shows."""

_sources: list[NameSource] = []


def register(source: NameSource) -> None:
    """Add a source. Called from `AppConfig.ready`; twice is once."""
    if source not in _sources:
        _sources.append(source)


def names_in(image_ids: Collection[int], *, owner_id: int) -> dict[int, list[str]]:
    """Whom this owner sees in each of these images, from left to right; images with nobody are left out."""
    names: dict[int, list[str]] = {}
    for source in _sources:
        for image_id, found in source(owner_id, image_ids).items():
            names.setdefault(image_id, []).extend(found)
    return names
