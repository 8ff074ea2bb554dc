"""The box of one face over its photo."""

from typing import Any

from django import template

from faces.models import Face

register = template.Library()


@register.filter
def share(part: float) -> str:
    """Return a part (0..1) of a picture as a length of SVG: "12.500%"."""
    # Text: a locale would turn the point into a comma.
    return f"{100 * part:.3f}%"


@register.inclusion_tag("faces/_one_face_box.html")
def one_face_box(face: Face) -> dict[str, Any]:
    """Draw the box of a face over its picture; the element around both must have position: relative."""
    # Text: a locale would turn the point into a comma.
    sides = {"x": face.x, "y": face.y, "width": face.w, "height": face.h}
    return {side: f"{100 * share:.3f}" for side, share in sides.items()}
