"""Tags for paintings: their photo, its albums, and the name of their style."""

from typing import Any

from django import template
from django.utils.translation import gettext as _

from albums.exceptions import JobFailed
from albums.models import Image, Job
from albums.services.styling.saving import result_albums
from albums.services.styling.sources import StyleSource
from albums.services.styling.styles import builtin_style_named

register = template.Library()


@register.simple_tag
def style_result(job: Job) -> dict[str, Any]:
    """Return the photo of a job if its owner still sees it, its albums, and the name of the style."""
    key = job.inputs.get("image")
    photos = Image.objects.visible_to(job.owner)
    photo = photos.filter(pk=key).first() if isinstance(key, int) else None
    return {"photo": photo, "albums": result_albums(job), "label": style_label(job.inputs)}


@register.filter
def style_label(inputs: dict[str, Any] | None) -> str:
    """Return the name of the style in the inputs of a job, or empty."""
    inputs = inputs or {}
    match inputs.get("source"):
        case StyleSource.BUILTIN:
            try:
                return builtin_style_named(inputs.get("style")).label
            except JobFailed:
                return ""
        case StyleSource.UPLOAD:
            return _("an uploaded image")
        case StyleSource.PHOTO:
            return _("another photo")
        case StyleSource.LINK:
            return _("an image from a link")
    return ""
