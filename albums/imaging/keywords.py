"""Keywords and the rating that somebody gave a picture, from XMP, IPTC and EXIF."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from xml.etree.ElementTree import Element

from albums.imaging.xmp import xmp_items, xmp_values

LONGEST_KEYWORD = 100
MOST_KEYWORDS = 50

_SUBJECTS = "{http://purl.org/dc/elements/1.1/}subject"
# Whole paths: "Places|France|Lyon" of Lightroom, "Places/France/Lyon" of digiKam and Windows.
_PATHS = (
    "{http://ns.microsoft.com/photo/1.0/}LastKeywordXMP",
    "{http://ns.adobe.com/lightroom/1.0/}hierarchicalSubject",
    "{http://www.digikam.org/ns/1.0/}TagsList",
)
_SEPARATORS = re.compile(r"[|/]")
_RATING = "{http://ns.adobe.com/xap/1.0/}Rating"
_IPTC_KEYWORDS = (2, 25)
_EXIF_RATING = 0x4746
MOST_STARS = 5


def keywords_of(xmp: Element | None, iptc: Mapping[tuple[int, int], Any]) -> tuple[str, ...]:
    """Return the keywords of a picture, each once in any spelling. Of a path it is the last part.

    IPTC is read where XMP has none, as the Metadata Working Group's guidelines have it.
    """
    found: dict[str, str] = {}
    for text in list(_xmp_texts(xmp)) or _iptc_texts(iptc.get(_IPTC_KEYWORDS, ())):
        word = " ".join("".join(one if one.isprintable() else " " for one in text).split())
        if 0 < len(word) <= LONGEST_KEYWORD:
            found.setdefault(word.casefold(), word)
        if len(found) == MOST_KEYWORDS:
            break
    return tuple(found.values())


def rating_of(xmp: Element | None, tags: Mapping[int, Any]) -> str:
    """Return the stars from 1 to 5 as text, or "": XMP before EXIF. Rejected (-1) and unrated have none."""
    for text in (*xmp_values(xmp, [_RATING]), str(tags.get(_EXIF_RATING, ""))):
        stars = re.fullmatch(r"\s*([1-5])(\.0*)?\s*", text)
        if stars:
            return stars[1]
    return ""


def _xmp_texts(xmp: Element | None) -> Iterator[str]:
    # Some programs write a path there, too.
    yield from (text.rpartition("|")[2] for text in xmp_items(xmp, _SUBJECTS))
    for name in _PATHS:
        yield from (_SEPARATORS.split(text)[-1] for text in xmp_items(xmp, name))


def _iptc_texts(entries: bytes | Iterable[bytes]) -> Iterator[str]:
    for entry in [entries] if isinstance(entries, bytes) else entries:
        if isinstance(entry, bytes):
            try:
                yield entry.decode()
            except UnicodeDecodeError:
                yield entry.decode("latin-1")
