"""The faces of a photo: as boxes over the picture, and as a list beside it.

Boxes are stored relative (0..1) to the upright photo and drawn in percent, as SVG attributes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django import template
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext

from albums.models import Image
from faces.models import Face, FaceScan, Verdict
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
    has_crop: bool = False
    index: int = 0
    chosen: bool = False


def _percent(share: float) -> str:
    # Text, so that no locale turns the point into a comma.
    return f"{100 * share:.3f}"


def _place(x: float, y: float, w: float, h: float) -> ShownBox:
    # The label goes below the box; above it where the photo ends there.
    below = y + h < 0.93
    middle = x + w / 2
    # Near the sides it starts or ends with the box, so that it stays on the picture.
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
        settled = Verdict.objects.filter(face=OuterRef("pk"), kind=Verdict.Kind.IS)
        faces = (
            Face.objects.visible_to(context["request"].user)
            .present()
            .filter(image=image)
            .annotate(settled=Exists(settled))
            .select_related("person")
            .order_by("x", "pk")
        )
        known = [
            replace(
                _place(face.x, face.y, face.w, face.h),
                label=_label(face),
                named=bool(face.person and face.person.name),
                settled=face.settled,  # type: ignore[attr-defined]  # annotated above
                face_id=face.pk,
                person_id=face.person_id,
                has_crop=bool(face.crop),
            )
            for face in faces
        ]
        # All tags of a page share one query.
        image.shown_face_boxes = known  # type: ignore[attr-defined]  # remembered on the row
    return known


def _label(face: Face) -> str:
    if face.person is None:
        return gettext("Waiting")
    return face.person.name or gettext("Unnamed person")


@register.inclusion_tag("faces/_face_boxes.html", takes_context=True)
def face_boxes(context: dict[str, Any], image: Image) -> dict[str, Any]:
    """Draw the faces of `image` over its picture, for its owner alone.

    The element round both must have position: relative. Each box leads to its face's card, which comes
    back to the page's address, `here`.
    """
    return {"boxes": _shown(context, image), "here": context.get("here", "")}


@register.inclusion_tag("faces/_face_list.html", takes_context=True)
def face_list(context: dict[str, Any], image: Image) -> dict[str, Any]:
    """Who is in `image`, from left to right, or why nobody is."""
    boxes = _shown(context, image)
    scan = FaceScan.objects.visible_to(context["request"].user).filter(image=image).first()
    return {
        "image": image,
        "boxes": boxes,
        "scan": scan,
        "nothing": "" if boxes else _why_nobody(scan),
        "here": context.get("here", ""),
        "csrf_token": context.get("csrf_token"),
    }


def _why_nobody(scan: FaceScan | None) -> str:
    if scan is None or scan.state == FaceScan.State.PENDING:
        return gettext("Faces have not been looked for yet.")
    if scan.state == FaceScan.State.FAILED:
        return gettext("Looking for faces failed: %(reason)s") % {"reason": scan.why}
    return gettext("No face was found.")


@register.inclusion_tag("faces/_face_drawing.html", takes_context=True)
def face_drawing(context: dict[str, Any], image: Image) -> dict[str, Any]:
    """Draw the form for a face that a person adds by hand; a script brings it to life."""
    return {
        "image": image,
        "here": context.get("here", ""),
        "sides": ("x", "y", "w", "h"),
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("faces/_face_buttons.html")
def face_buttons(boxes: Sequence[Box], chosen: int, name: str = "face_index") -> dict[str, Any]:
    """Draw found faces as buttons of this name, for the form round them."""
    return {
        "name": name,
        "boxes": [
            replace(_place(box.x, box.y, box.w, box.h), index=index, chosen=index == chosen)
            for index, box in enumerate(boxes)
        ],
    }
