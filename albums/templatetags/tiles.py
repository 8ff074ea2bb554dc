"""Tag `photo_tile`: a photo of a grid. A page has a hundred: templates would take half its time."""

from dataclasses import dataclass
from html import escape

from django import template
from django.contrib.humanize.templatetags.humanize import intcomma
from django.template import Context
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from albums.http.addresses import address_of
from albums.http.media import versioned
from albums.views.tiles import Tile

register = template.Library()

# Only texts are escaped: `format_html` would take as long for numbers and addresses, of which there are more.
WIDE = (
    ' srcset="{thumbnail} 512w, {preview} 2048w" sizes="(max-width: 640px) {phone_width}px, {shown_width}px"'
)
# data-stack: the other photos of a stack, which are selected with the one on top.
STACK = ' data-stack="{ids}"'
STACK_COUNT = '<span class="stack-count" title="{label}" aria-hidden="true">{count}</span>'
PICK = (
    '<label class="pick"><span class="visually-hidden">{select}</span>'
    '<input type="checkbox" name="image" value="{ids}"></label>'
)
# How much larger photos are with the zoom of the page: more pixels than a thumbnail has.
SCALES = {"4": 1.5, "5": 2.2}
# data-heart: whether an own photo is a favourite; a script adds the button.
# The key under which a template keeps its `_Page`.
PAGE = "photo_tile"
HEARTS = {False: ' data-heart="0"', True: ' data-heart="1"'}


@dataclass(frozen=True, slots=True)
class _Page:
    """The values that all tiles of a page share: the account, the scale of the zoom, and a text."""

    user_id: int | None
    scale: float
    select: str


@register.simple_tag(takes_context=True)
def photo_tile(
    context: Context, tile: Tile, context_query: str = "", *, selectable: bool = True
) -> SafeString:
    """Draw a photo as a tile, perhaps with a checkbox; context_query is added to its address."""
    page, image, below = _page_of(context), tile.image, tile.below
    # Not `pk`, which looks for the field each time.
    number = image.id
    address, query = address_of("albums:photo", number), escape(context_query) if context_query else ""
    thumbnail = versioned(address_of("albums:rendition", number, "thumbnail"), image.turns)
    heart = HEARTS[image.favourite] if selectable and image.owner_id == page.user_id else ""
    stack = STACK.format(ids=" ".join(map(str, below))) if below else ""
    size = f' width="{image.width}" height="{image.height}"' if image.width else ""
    wide = _wide(tile, thumbnail, page.scale) if page.scale > 1 or tile.wide else ""
    count = pick = ""
    if below:
        count = STACK_COUNT.format(label=escape(tile.stack_label), count=intcomma(1 + len(below)))
    if selectable:
        form, named = (gettext("Select all: %(name)s"), tile.alt) if below else (page.select, image.name)
        select = form % {"name": named}
        pick = PICK.format(select=escape(select), ids=",".join(map(str, (number, *below))))
    return mark_safe(  # noqa: S308  # nosec B703 - texts are escaped
        f'<div class="photo ratio-{tile.ratio}" data-id="{number}"{stack}{heart}>'
        f'<a href="{address}{query}"><img src="{thumbnail}"{wide}{size}'
        f' alt="{escape(tile.alt)}" loading="lazy" decoding="async">{count}</a>{pick}</div>'
    )


def _page_of(context: Context) -> _Page:
    """Return the values that all tiles share, found once for a page."""
    known: _Page | None = context.render_context.get(PAGE)
    if known is None:
        known = _Page(
            user_id=context["user"].pk,
            scale=SCALES.get(str(context.get("zoom", "")), 1),
            select=gettext("Select %(name)s"),
        )
        context.render_context[PAGE] = known
    return known


def _wide(tile: Tile, thumbnail: str, scale: float) -> str:
    """Return the attributes of a photo that is shown with more pixels than its thumbnail has."""
    preview = versioned(address_of("albums:rendition", tile.image.id, "preview"), tile.image.turns)
    return WIDE.format(
        thumbnail=thumbnail,
        preview=preview,
        phone_width=round(scale * tile.phone_width),
        shown_width=round(scale * tile.shown_width),
    )
