"""A look-alike gallery of drawn people, for tests of its pages and operations."""

from dataclasses import dataclass

import numpy as np
from django.contrib.auth.models import User

from albums.models import Album, AlbumImage, AlbumMember, ShareLink
from faces.models import Face, Person
from faces.services.core.pixels import portrait_store
from tests.faces.coloured import COLOURS, drawn, face, stored

PEOPLE = {"red": "Rose", "green": "Gael", "blue": "Bela"}


@dataclass(frozen=True)
class Gallery:
    """The album, its faces by colour, a face of its owner outside the album, and a link."""

    album: Album
    faces: dict[str, Face]
    outside: Face
    link: ShareLink


def gallery_create(owner: User, *members: User) -> Gallery:
    """Create a gallery of three people, which is shared with members as viewers."""
    album = Album.objects.create(owner=owner, name="Stars", gallery=True)
    faces = {colour: _stored_face(owner, colour, name) for colour, name in PEOPLE.items()}
    for one in faces.values():
        AlbumImage.objects.create(album=album, image=one.image)
    for member in members:
        AlbumMember.objects.create(album=album, user=member, role="viewer")
    return Gallery(
        album,
        faces,
        outside=_stored_face(owner, "red", "Secret"),
        link=ShareLink.objects.create(album=album, lookalike=True, shows_names=True),
    )


def _stored_face(owner: User, colour: str, name: str) -> Face:
    image = stored(owner, drawn(**{colour: (150, 60, 200)}), f"{name}/1.png")
    made = face(image, colour, person=Person.objects.create(owner=owner, name=name))
    made.crop = portrait_store(owner_id=owner.pk, portrait=np.full((8, 8, 3), COLOURS[colour], np.uint8))
    made.save()
    return made
