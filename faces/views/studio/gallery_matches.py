"""The people of a gallery who are most similar to a face, as a page shows them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from albums.models import Album
from faces.services.core.owner_pipeline import owner_models
from faces.services.searching.lookalike import LookalikeResult
from faces.vision.calibration import Calibration
from faces.vision.profiles import profile_of

NEXT = 9
"""People shown after the most similar one."""

PEOPLE = 1 + NEXT


@dataclass(frozen=True, slots=True)
class GalleryMatch:
    """A similar person: the nearest face with its addresses, the cosine distance, the similarity (0..1).

    morph_url: the page that turns the query into this face; empty if the viewer may not.
    """

    name: str
    crop_url: str
    photo_url: str
    morph_url: str
    distance: float
    similarity: float


Urls = Callable[[int, int], tuple[str, str]]
"""Takes the ids of a face and its photo; returns the addresses of the face's picture and of the photo."""


MorphUrl = Callable[[int], str]
"""Takes the id of a face; returns the address of the morph to it."""


def gallery_matches(
    result: LookalikeResult, *, urls: Urls, morph: MorphUrl = lambda _face: "", named: bool = True
) -> list[GalleryMatch]:
    """Return the matches, the most similar first. named: False hides the names."""
    matches = []
    for match in result.people:
        crop_url, photo_url = urls(match.face.pk, match.face.image_id)
        matches.append(
            GalleryMatch(
                match.person.name if named else "",
                crop_url,
                photo_url,
                morph(match.face.pk),
                match.distance,
                match.probability,
            )
        )
    return matches


def matches_context(gallery: Album, matches: list[GalleryMatch]) -> dict[str, Any]:
    """Return what the templates of the result need."""
    calibration: Calibration = profile_of(owner_models(gallery.owner_id).embedder).calibration
    best = matches[0] if matches else None
    return {"best": best, "further": matches[1:], "calibration": calibration, "answered": True}
