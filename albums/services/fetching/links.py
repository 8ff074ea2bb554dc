"""Links to pictures: their form, before any network is used."""

from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit

from albums.exceptions import PictureLinkCode, PictureLinkError

PORTS = {"http": 80, "https": 443}
LONGEST = 2000
# Left as they are: what a path or query may contain (RFC 3986), and what is encoded already.
_UNQUOTED = "/%:=&?~+!$,;'@()*[]"


@dataclass(frozen=True, slots=True)
class Link:
    """A link whose form is accepted. `target` is its path and query, as in the first line of a request."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def url(self) -> str:
        """The address, to which the next one may be relative."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}{self.target}"


def link_parse(text: str) -> Link:
    """Return the parts of a link. Raises PictureLinkError for one that is never fetched.

    It is http or https on its standard port, and has no user name or password, which would become visible to
    that server and in logs.
    """
    text = text.strip()
    if not text or len(text) > LONGEST or not text.isprintable() or " " in text:
        raise PictureLinkError(PictureLinkCode.BAD_LINK)
    try:
        parts = urlsplit(text)
        port = parts.port
        host = _ascii_host(parts.hostname or "")
    except ValueError as error:  # UnicodeError is one
        raise PictureLinkError(PictureLinkCode.BAD_LINK) from error
    standard = PORTS.get(parts.scheme)
    if standard is None or not host or port not in {None, standard} or "@" in parts.netloc:
        raise PictureLinkError(PictureLinkCode.BAD_LINK)
    target = quote(parts.path or "/", safe=_UNQUOTED)
    if parts.query:
        target += f"?{quote(parts.query, safe=_UNQUOTED)}"
    return Link(parts.scheme, host, standard, target)


def link_redirected(link: Link, location: str) -> Link:
    """Return the link that a redirect leads to; it may be relative. Raises as `link_parse`."""
    try:
        return link_parse(urljoin(link.url, location.strip()))
    except ValueError as error:
        raise PictureLinkError(PictureLinkCode.BAD_LINK) from error


def _ascii_host(host: str) -> str:
    """Return the host as names are looked up: international names in Punycode."""
    return host if ":" in host else host.encode("idna").decode("ascii").removesuffix(".")
