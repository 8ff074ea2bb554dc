"""Pictures of faces, cut out of their photos."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
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
    return format_html(
        '<img{} src="{}" alt="{}" width="{}" height="{}" loading="lazy" decoding="async">',
        format_html(' class="{}"', css) if css else "",
        _address(face),
        alt,
        size,
        size,
    )


def _address(face: Face | int) -> str:
    if isinstance(face, Face):
        return f"{address_of('faces:crop', face.pk)}?v={face.crop_version}"
    return address_of("faces:crop", face)
