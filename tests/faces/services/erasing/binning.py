"""Throwing photos away and taking them back, and all that is known of people then."""

from __future__ import annotations

from typing import Any

import numpy as np

from albums.models import Image
from albums.querysets import ImageQuerySet
from albums.services.erasing.bin import images_bin, images_restore
from faces.models import Change, Face, FaceEmbedding, FaceScan, Person, Verdict
from faces.services.people import edits
from tests.faces.services.conftest import World


def photos_of(*faces: Face) -> ImageQuerySet:
    return Image.objects.filter(pk__in=[face.image_id for face in faces])


def throw_away(world: World, *faces: Face) -> None:
    images_bin(images=photos_of(*faces), by=world.owner)


def take_back(world: World, *faces: Face) -> None:
    images_restore(images=photos_of(*faces), by=world.owner)


def state() -> dict[str, list[Any]]:
    """Everything that is known of people and faces."""
    tables = (Person, Face, Verdict, FaceScan, Change, FaceEmbedding)
    return {
        table.__name__: [
            {name: list(value) if isinstance(value, np.ndarray) else value for name, value in row.items()}
            for row in table.objects.order_by("pk").values()
        ]
        for table in tables
    }


def anna_and_ben(world: World) -> list[Face]:
    """Anna in four photos, confirmed in the first, which is her cover; Ben in two of them, refused once."""
    first, second, third = world.photo(0, 1), world.photo(0, 1), world.photo(0)
    fourth = world.photo(0)
    anna = world.person(first[0], second[0], third[0], fourth[0], name="Anna")
    world.person(first[1], second[1])
    edits.person_cover(person=anna, face=Face.objects.get(pk=first[0].pk), by=world.owner)
    edits.faces_reject(faces=[Face.objects.get(pk=fourth[0].pk)], by=world.owner)
    return [*first, *second, *third, *fourth]
