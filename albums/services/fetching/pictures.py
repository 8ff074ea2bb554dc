"""Fetch a picture from a link, within limits of time, size and place."""

import http.client
import io
from dataclasses import dataclass

from django.conf import settings

from albums import imaging
from albums.exceptions import PictureLinkCode, PictureLinkError
from albums.services.core.limits import studio_limits
from albums.services.fetching.connections import Deadline, Network, SystemNetwork, opened
from albums.services.fetching.links import Link, link_parse, link_redirected

SECONDS = 10.0
"""For everything: names, redirects, and the picture."""
MOST_BYTES = 20 * 2**20
MOST_REDIRECTS = 3
MEDIA_TYPES = frozenset(
    f"image/{name}"
    for name in ("jpeg", "jpg", "png", "webp", "gif", "tiff", "bmp", "x-ms-bmp", "heic", "heif", "avif")
)
HEADERS = {
    "Accept": "image/*",
    # A compressed answer may unpack to any size, and pictures are compressed already.
    "Accept-Encoding": "identity",
    "Connection": "close",
    "User-Agent": "Trombine",
}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PIECE = 64 * 1024
# Pictures are decoded to check them, but not at full size.
_CHECKED_SIDE = 1024


@dataclass(frozen=True, slots=True)
class FetchedPicture:
    """A picture file of at most 20 MB that can be decoded. `mime_type` is by its content."""

    content: bytes
    mime_type: str
    extension: str
    width: int
    height: int


def links_allowed() -> bool:
    """Return True if the operator allows links to pictures."""
    return bool(settings.PICTURE_LINKS)


def picture_fetch(
    link: str, *, network: Network | None = None, seconds: float = SECONDS, most_bytes: int = MOST_BYTES
) -> FetchedPicture:
    """Return the picture at a link. It takes up to `seconds`: call it in a job and not in a request.

    Raises PictureLinkError for a link that is not or cannot be fetched, ImageRefused for a file that cannot
    be decoded.
    """
    if not links_allowed():
        raise PictureLinkError(PictureLinkCode.OFF)
    content = _fetched(link_parse(link), network or SystemNetwork(), Deadline(seconds), most_bytes)
    limits = studio_limits()
    found = imaging.probe(io.BytesIO(content), limits=limits)
    imaging.decode(io.BytesIO(content), max_side=_CHECKED_SIDE, limits=limits)
    return FetchedPicture(content, found.mime_type, found.extension, found.width, found.height)


def _fetched(link: Link, network: Network, deadline: Deadline, most_bytes: int) -> bytes:
    for _ in range(MOST_REDIRECTS + 1):
        with opened(link, network, deadline) as connection:
            connection.request("GET", link.target, headers=HEADERS)
            response = connection.getresponse()
            # At the deadline the connection is shut, which may look like the end of the headers.
            deadline.left()
            if response.status not in _REDIRECTS:
                return _content(response, deadline, most_bytes)
            link = link_redirected(link, response.getheader("Location", ""))
    raise PictureLinkError(PictureLinkCode.TOO_MANY_REDIRECTS)


def _content(response: http.client.HTTPResponse, deadline: Deadline, most_bytes: int) -> bytes:
    if response.status != http.client.OK:
        raise PictureLinkError(PictureLinkCode.BAD_STATUS, values={"status": response.status})
    media_type = response.getheader("Content-Type", "").partition(";")[0].strip().lower()
    encoding = response.getheader("Content-Encoding", "identity").strip().lower()
    if media_type not in MEDIA_TYPES or encoding != "identity":
        raise PictureLinkError(PictureLinkCode.NOT_A_PICTURE)
    too_large = PictureLinkError(PictureLinkCode.TOO_LARGE, values={"most": most_bytes // 2**20})
    # http.client sets it to None for an answer in chunks.
    if (announced := response.length) is not None and announced > most_bytes:
        raise too_large
    content = bytearray()
    while piece := response.read(_PIECE):
        content += piece
        if len(content) > most_bytes:
            raise too_large
        deadline.left()
    # ... or like the end of the file.
    deadline.left()
    if announced is not None and len(content) < announced:
        raise PictureLinkError(PictureLinkCode.UNREACHABLE, "incomplete")
    return bytes(content)
