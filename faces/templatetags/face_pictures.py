"""Pictures of faces, cut out of their photos."""

from html import escape

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from albums.http.addresses import address_of
from albums.templatetags.components import icon
from faces.models import Face

register = template.Library()


@register.simple_tag
def face_picture(
    face: Face | int | None, size: int = 256, *, alt: str | None = None, css: str = ""
) -> SafeString:
    """Show the crop of a face, given as a row or as an id, `size` pixels wide; an icon without a face.

    A row without `alt` is described by the name of its photo.
    """
    if face is None:
        return icon("face")
    if alt is None:
        alt = gettext("Face in %(name)s") % {"name": face.image.name} if isinstance(face, Face) else ""
    styled = f' class="{escape(css)}"' if css else ""
    return mark_safe(  # noqa: S308  # nosec B703 - texts are escaped; `format_html` takes five times as long
        f'<img{styled} src="{_address(face)}" alt="{escape(alt)}" width="{size:d}" height="{size:d}"'
        ' loading="lazy" decoding="async">'
    )


def _address(face: Face | int) -> str:
    if isinstance(face, Face):
        return f"{address_of('faces:crop', face.pk)}?v={face.crop_version}"
    return address_of("faces:crop", face)
