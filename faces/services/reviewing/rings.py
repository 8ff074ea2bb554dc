"""The place of a face in its picture, for pictures that show other faces too."""

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from faces.models import Face
from faces.querysets import FaceQuerySet
from faces.vision.alignment import portrait_area
from faces.vision.types import Box


@dataclass(frozen=True, slots=True)
class Ring:
    """An ellipse around a face: centre and radii relative (0..1) to the picture of the face."""

    x: float
    y: float
    rx: float
    ry: float


def with_neighbours(faces: FaceQuerySet) -> Any:
    """Annotate `neighbours`, the boxes of the other faces of the photo, for `ring_of`."""
    others = Face.objects.present().filter(image=OuterRef("image")).exclude(pk=OuterRef("pk"))
    box = JSONObject(x="x", y="y", w="w", h="h")
    return faces.select_related("image").annotate(neighbours=ArraySubquery(others.values(box=box)))


def ring_of(face: Any) -> Ring | None:
    """Return the ring of a face of `with_neighbours`; None for a face that is alone in its picture."""
    width, height = face.image.width, face.image.height
    if not face.neighbours or not width or not height:
        return None
    box = Box(face.x, face.y, face.w, face.h).scaled(width, height)
    area = portrait_area(box, width=width, height=height)
    if not any(_inside(Box(**other).scaled(width, height), area) for other in face.neighbours):
        return None
    x, y = box.centre
    return Ring((x - area.x) / area.w, (y - area.y) / area.h, 0.6 * box.w / area.w, 0.6 * box.h / area.h)


def _inside(box: Box, area: Box) -> bool:
    x, y = box.centre
    return area.x <= x <= area.x + area.w and area.y <= y <= area.y + area.h
