"""Small pieces of markup that many pages share."""

from functools import lru_cache
from typing import Any

from django import template
from django.contrib.humanize.templatetags.humanize import intcomma
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, gettext_noop, ngettext

from albums.date_formats import format_date
from albums.services.core.progress import Stage

register = template.Library()


@register.simple_tag
def icon(name: str, sprite: str = "icons", *, extra: str = "", label: str = "") -> SafeString:
    """Draw an icon out of static/img/`sprite`.svg; decoration unless it has a `label`."""
    role = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    return format_html(
        '<svg class="{}" {}><use href="{}#{}"></use></svg>',
        f"icon {extra}".strip(),
        role,
        static(f"img/{sprite}.svg"),
        name,
    )


@register.simple_tag
def stylesheets(*names: str) -> SafeString:
    """Link the style sheets static/css/`name`.css."""
    addresses = ((static(f"css/{name}.css"),) for name in names)
    return format_html_join("\n  ", '<link rel="stylesheet" href="{}">', addresses)


# In French, Django writes Kio and Mio; with these texts in the catalogues it writes Ko and Mo.
SIZE_UNITS = (gettext_noop("%s KB"), gettext_noop("%s MB"), gettext_noop("%s GB"), gettext_noop("%s TB"))

register.filter(format_date, expects_localtime=True)


@register.filter
def stage_text(stage: Stage) -> str:
    """Return how far a stage of the work is: "Scanned for faces: 3 of 10, 7 faces"."""
    text = stage.label
    # The grouping of people is done as a whole.
    if stage.name != "group":
        values = {"label": text, "done": intcomma(stage.done), "total": intcomma(stage.total)}
        text = gettext("%(label)s: %(done)s of %(total)s") % values
    return f"{text}, {stage.detail}" if stage.detail else text


@register.filter
def photo_count(number: int) -> str:
    """Return "1 photo" or "1,234 photos" in the language of the page."""
    return _photo_count(number, get_language())


@lru_cache(maxsize=4096)
def _photo_count(number: int, _language: str | None) -> str:
    """Return the text of a count, of which a page has dozens."""
    return ngettext("%(number)s photo", "%(number)s photos", number) % {"number": intcomma(number)}


@register.filter
def face_count(number: int) -> str:
    """Return "1 face" or "1,234 faces" in the language of the page."""
    return ngettext("%(number)s face", "%(number)s faces", number) % {"number": intcomma(number)}


@register.inclusion_tag("components/_nav_link.html", takes_context=True)
def nav_link(
    context: dict[str, Any],
    view: str,
    label: str,
    picture: str = "",
    *,
    also: str = "",
    extra: str = "",
    hint: str = "",
    below: bool = False,
) -> dict[str, Any]:
    """Link to a page of the navigation; current on it and on the pages `also`.

    A name without a namespace is in that of the page. below: current on all pages below its address, too.
    """
    namespace = view.partition(":")[0]
    pages = {view, *(name if ":" in name else f"{namespace}:{name}" for name in also.split())}
    address, request = reverse(view), context["request"]
    return {
        "address": address,
        "label": label,
        "picture": picture,
        "extra": extra,
        "hint": hint,
        "current": request.resolver_match.view_name in pages or (below and request.path.startswith(address)),
    }


@register.simple_tag
def size_attributes(width: int | None, height: int | None) -> SafeString:
    """Return the width and height attributes of a picture, or nothing while its size is unknown."""
    return format_html('width="{}" height="{}"', width, height) if width else SafeString("")
