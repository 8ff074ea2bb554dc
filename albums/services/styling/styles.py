"""The built-in painter styles, in the order of their network, with names by painter and work.

Works are named where they are certain; other styles are named by their look.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from albums.exceptions import JobFailed, StyleCode


@dataclass(frozen=True, slots=True)
class BuiltinStyle:
    """A style of `style_builtin`.

    number: its place in the network. slug: in addresses and the API. painter: empty for a style named by its
    look. name: the work or the look.
    """

    number: int
    slug: str
    painter: str
    name: StrOrPromise

    @property
    def label(self) -> str:
        """The painter and the work, or the look."""
        return ", ".join(str(part) for part in (self.painter, self.name) if part)


_NAMES: tuple[tuple[str, str, StrOrPromise], ...] = (
    ("eiffel-tower", "Robert Delaunay", _("Eiffel Tower")),
    ("lichtenstein", "Roy Lichtenstein", ""),
    ("ink-and-ice", "", _("Ink and ice")),
    ("stained-glass", "", _("Stained glass")),
    ("crimson-and-cream", "", _("Crimson and cream")),
    ("composition-vii", "Wassily Kandinsky", _("Composition VII")),
    ("midnight-pebbles", "", _("Midnight pebbles")),
    ("gold-and-midnight", "", _("Gold and midnight")),
    ("bright-crayon", "", _("Bright crayon")),
    ("coral-dots", "", _("Coral dots")),
    ("rust-and-umber", "", _("Rust and umber")),
    ("ochre-pen", "", _("Ochre pen drawing")),
    ("city-of-paris", "Robert Delaunay", _("The City of Paris")),
    ("the-muse", "Pablo Picasso", _("The Muse")),
    ("pale-fresco", "", _("Pale fresco")),
    ("pale-mosaic", "", _("Pale mosaic")),
    ("perfume", "Luigi Russolo", _("Perfume")),
    ("plaid", "", _("Plaid")),
    ("sepia-woodcut", "", _("Sepia woodcut")),
    ("starry-night", "Vincent van Gogh", _("The Starry Night")),
    ("deep-red", "", _("Deep red")),
    ("mellow-pad", "Stuart Davis", _("The Mellow Pad")),
    ("contrast-of-forms", "Fernand Léger", _("Contrast of Forms")),
    ("udnie", "Francis Picabia", _("Udnie")),
    ("great-wave", "Katsushika Hokusai", _("The Great Wave")),
    ("tapestry", "", _("Tapestry")),
)

BUILTIN_STYLES = tuple(BuiltinStyle(number, *names) for number, names in enumerate(_NAMES))

_BY_SLUG = {style.slug: style for style in BUILTIN_STYLES}


def builtin_style_named(slug: object) -> BuiltinStyle:
    """Return a built-in style. Raises JobFailed when there is none of this name."""
    style = _BY_SLUG.get(slug) if isinstance(slug, str) else None
    if style is None:
        raise JobFailed(StyleCode.UNKNOWN)
    return style
