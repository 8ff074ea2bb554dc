"""The faces of a photo: as boxes over the picture, and as a list beside it.

Boxes are stored relative (0..1) to the upright photo and drawn in percent, as SVG attributes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django import template
from django.utils.translation import gettext

from albums.models import Image
from faces.models import Face, FaceScan
from faces.services.core.consent import recognition_enabled
from faces.vision.types import Box

register = template.Library()


@dataclass(frozen=True, slots=True)
class ShownBox:
    """A face box in percent of the picture, with its label."""

    left: str
    top: str
    width: str
    height: str
    label_x: str
    anchor: str
    label_at: str
    label_shift: str
    label: str = ""
    named: bool = False
    settled: bool = False
    face_id: int | None = None
    person_id: int | None = None
    face: Face | None = None
    index: int = 0
    selected: bool = False


def _percent(share: float) -> str:
    # Text: a locale would turn the point into a comma.
    return f"{100 * share:.3f}"


def _place(x: float, y: float, w: float, h: float) -> ShownBox:
    # The label is below the box, or above it at the lower edge of the photo.
    below = y + h < 0.93
    middle = x + w / 2
    # Near the sides it is aligned with the box, so that it stays on the picture.
    if middle < 0.15:
        anchor, label_x = "start", max(x, 0.0)
    elif middle > 0.85:
        anchor, label_x = "end", min(x + w, 1.0)
    else:
        anchor, label_x = "middle", middle
    return ShownBox(
        left=_percent(x),
        top=_percent(y),
        width=_percent(w),
        height=_percent(h),
        label_x=_percent(label_x),
        anchor=anchor,
        label_at=_percent(y + h if below else y),
        label_shift="1.25em" if below else "-.55em",
    )


def _shown(context: dict[str, Any], image: Image) -> list[ShownBox]:
    known: list[ShownBox] | None = getattr(image, "shown_face_boxes", None)
    if known is None:
        faces = (
            Face.objects.visible_to(context["request"].user)
            .present()
            .filter(image=image)
            .with_confirmed()
            .select_related("person")
            .order_by("x", "pk")
        )
        known = [
            replace(
                _place(face.x, face.y, face.w, face.h),
                label=_label(face),
                named=bool(face.person and face.person.name),
                settled=face.confirmed,
                face_id=face.pk,
                person_id=face.person_id,
                face=face if face.crop else None,
            )
            for face in faces
        ]
        # All tags of a page share one query.
        image.shown_face_boxes = known  # type: ignore[attr-defined]  # remembered on the row
    return known


def _label(face: Face) -> str:
    if face.person is None:
        return gettext("Unassigned")
    return face.person.name or gettext("Unnamed person")


@register.inclusion_tag("faces/_face_boxes.html", takes_context=True)
def face_boxes(context: dict[str, Any], image: Image) -> dict[str, Any]:
    """Draw the faces of `image` over its picture, for its owner alone.

    The element around both must have position: relative. Each box links to its face's card, which returns to
    the page's address, `here`.
    """
    return {"boxes": _shown(context, image), "here": context.get("here", "")}


@register.inclusion_tag("faces/_face_list.html", takes_context=True)
def face_list(context: dict[str, Any], image: Image) -> dict[str, Any]:
    """List the faces of `image` from left to right, or the reason why there is none."""
    boxes = _shown(context, image)
    scan = FaceScan.objects.visible_to(context["request"].user).filter(image=image).first()
    return {
        "image": image,
        "boxes": boxes,
        "scan": scan,
        "nothing": "" if boxes else _reason_for_none(image, scan),
        "here": context.get("here", ""),
        "csrf_token": context.get("csrf_token"),
    }


def _reason_for_none(image: Image, scan: FaceScan | None) -> str:
    if not recognition_enabled(image.owner_id):
        return gettext("Face recognition is off")
    if scan is None or scan.state == FaceScan.State.PENDING:
        return gettext("Not scanned for faces yet")
    if scan.state == FaceScan.State.FAILED:
        return gettext("Face detection failed: %(reason)s") % {"reason": scan.why}
    return gettext("No faces found")


@register.simple_tag(takes_context=True)
def faces_can_be_drawn(context: dict[str, Any]) -> bool:
    """Return whether the user may draw faces: with face recognition switched on."""
    return recognition_enabled(context["request"].user.pk)


@register.inclusion_tag("faces/_face_drawing.html", takes_context=True)
def face_drawing(context: dict[str, Any], image: Image) -> dict[str, Any]:
    """Show the form for a face that a user draws; a script adds the drawing."""
    return {
        "image": image,
        "here": context.get("here", ""),
        "sides": ("x", "y", "w", "h"),
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("faces/_face_buttons.html")
def face_buttons(boxes: Sequence[Box], selected: int, name: str = "face_index") -> dict[str, Any]:
    """Show detected faces as buttons called `name` of the form around them."""
    return {
        "name": name,
        "boxes": [
            replace(_place(box.x, box.y, box.w, box.h), index=index, selected=index == selected)
            for index, box in enumerate(boxes)
        ],
    }
