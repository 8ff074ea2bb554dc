"""Tag `photo_tile`: a photo of a grid. A page has a hundred: templates would take half its time."""

from functools import lru_cache
from html import escape

from django import template
from django.contrib.humanize.templatetags.humanize import intcomma
from django.template import Context
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from albums.http.addresses import address_of
from albums.http.media import versioned
from albums.views.tiles import Tile

register = template.Library()

# Only texts are escaped: `format_html` would take as long for numbers and addresses, of which there are more.
# data-heart: whether an own photo is a favourite; a script adds the button.
START = (
    '<div class="photo ratio-{ratio}" data-id="{pk}"{stack}{heart}>'
    '<a href="{address}{query}"><img src="{thumbnail}"'
)
WIDE = (
    ' srcset="{thumbnail} 512w, {preview} 2048w" sizes="(max-width: 640px) {phone_width}px, {shown_width}px"'
)
SIZE = ' width="{width}" height="{height}"'
END = ' alt="{alt}" loading="lazy" decoding="async"></a>'
PICK = (
    '<label class="pick"><span class="visually-hidden">{select}</span>'
    '<input type="checkbox" name="image" value="{ids}"></label>'
)
# data-stack: the other photos of a stack, which are selected with the one on top.
STACK = ' data-stack="{ids}"'
STACK_END = (
    ' alt="{alt}" loading="lazy" decoding="async">'
    '<span class="stack-count" title="{label}" aria-hidden="true">{count}</span></a>'
)


# How much larger photos are with the zoom of the page: more pixels than a thumbnail has.
SCALES = {"4": 1.5, "5": 2.2}
HEARTS = {False: ' data-heart="0"', True: ' data-heart="1"'}


@register.simple_tag(takes_context=True)
def photo_tile(
    context: Context, tile: Tile, context_query: str = "", *, selectable: bool = True
) -> SafeString:
    """Draw a photo as a tile, perhaps with a checkbox; context_query is added to its address."""
    image = tile.image
    mine = selectable and image.owner_id == context["user"].pk
    parts: dict[str, object] = {
        "ratio": tile.ratio,
        "pk": image.pk,
        "heart": HEARTS[image.favourite] if mine else "",
        "stack": STACK.format(ids=" ".join(map(str, tile.below))) if tile.below else "",
        "address": address_of("albums:photo", image.pk),
        "query": escape(context_query),
        "thumbnail": versioned(address_of("albums:rendition", image.pk, "thumbnail"), image.turns),
        "alt": escape(tile.alt),
    }
    form = START
    scale = SCALES.get(str(context.get("zoom", "")), 1)
    if tile.wide or scale > 1:
        form += WIDE
        parts["preview"] = versioned(address_of("albums:rendition", image.pk, "preview"), image.turns)
        parts["phone_width"] = round(scale * tile.phone_width)
        parts["shown_width"] = round(scale * tile.shown_width)
    if image.width:
        form += SIZE
        parts |= {"width": image.width, "height": image.height}
    form += STACK_END if tile.below else END
    if tile.below:
        parts |= {"count": intcomma(1 + len(tile.below)), "label": escape(tile.stack_label)}
    if selectable:
        form += PICK
        select = gettext("Select all: %(name)s") if tile.below else _selection_text(get_language())
        parts["select"] = escape(select % {"name": tile.alt if tile.below else image.name})
        parts["ids"] = ",".join(map(str, (image.pk, *tile.below)))
    return mark_safe(f"{form}</div>".format(**parts))  # noqa: S308  # nosec B703 - texts are escaped


@lru_cache(maxsize=64)
def _selection_text(_language: str | None) -> str:
    """Return the text of a checkbox in the active language."""
    return gettext("Select %(name)s")
