"""The form of a link decides first."""

import pytest

from albums.exceptions import PictureLinkCode, PictureLinkError
from albums.services.fetching.links import link_parse, link_redirected

REFUSED = {
    "nothing": "",
    "no scheme": "example.org/a.jpg",
    "no host": "http:///a.jpg",
    "file": "file:///etc/passwd",
    "ftp": "ftp://example.org/a.jpg",
    "data": "data:image/png;base64,AAAA",
    "gopher": "gopher://example.org/_x",
    "script": "javascript:alert(1)",
    "user name": "http://me@example.org/a.jpg",
    "password": "https://me:secret@example.org/a.jpg",
    "empty user name": "http://@example.org/a.jpg",
    "another port": "http://example.org:8080/a.jpg",
    "port of the other scheme": "http://example.org:443/a.jpg",
    "port zero": "http://example.org:0/",
    "port that is no number": "http://example.org:abc/",
    "port out of range": "http://example.org:99999/",
    "broken IPv6": "http://[::1/a.jpg",
    "space": "http://example.org/a b.jpg",
    "line break": "http://example.org/a\r\nHost: other.org",
    "zero byte": "http://example.org/\0",
    "empty label": "http://example..org/",
    "too long": "http://example.org/" + "a" * 2000,
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_a_link_that_is_never_fetched_is_refused(text: str) -> None:
    with pytest.raises(PictureLinkError) as caught:
        link_parse(text)
    assert caught.value.code == PictureLinkCode.BAD_LINK


def test_a_link_has_its_standard_port() -> None:
    assert link_parse("http://example.org/a.jpg").port == 80
    assert link_parse(" HTTPS://Example.org:443/a.jpg\n").port == 443


def test_an_international_link_is_sent_in_ascii() -> None:
    link = link_parse("https://bücher.example/Köln Dom.jpg?größe=1#oben".replace(" ", "%20"))
    assert link.host == "xn--bcher-kva.example"
    assert link.target == "/K%C3%B6ln%20Dom.jpg?gr%C3%B6%C3%9Fe=1"


def test_a_link_without_a_path_asks_for_the_root() -> None:
    assert link_parse("http://example.org").target == "/"
    assert link_parse("http://example.org?x=1").target == "/?x=1"


def test_a_redirect_may_be_relative() -> None:
    link = link_parse("https://example.org/a/b.jpg?x=1")
    assert link_redirected(link, "c.jpg").url == "https://example.org/a/c.jpg"
    assert link_redirected(link, "//other.org/d.jpg").url == "https://other.org/d.jpg"
    assert link_redirected(link_parse("http://[2a00::1]/x"), "/y").url == "http://[2a00::1]/y"


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "http://me:x@example.org/", "http://[::1", "http://a:22/"]
)
def test_a_redirect_is_judged_as_a_link_is(location: str) -> None:
    with pytest.raises(PictureLinkError):
        link_redirected(link_parse("https://example.org/a.jpg"), location)
