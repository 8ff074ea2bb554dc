"""Every address of the pages tells a script whose session has ended, instead of seeming to succeed."""

import itertools
import uuid
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, get_resolver, reverse

from albums.models import Album
from tests.rows import album_of

OPEN = {
    "albums:welcome", "albums:sign_in", "albums:sign_in_once", "albums:sign_out", "albums:account_deleted",
}  # fmt: skip
"""Pages for visitors; those of share links are below /s/."""
VALUES = ({"pk": 1}, {"pk": uuid.UUID(int=1)})
EXTRA = {"kind": "preview", "moment": 1, "link": 1, "member": 1, "other_pk": 1, "name": "a.jpg", "slug": "a",
         "gallery": 1, "number": 0, "change": "favourite", "state": "on"}  # fmt: skip
SCRIPTS = (
    {"X-Requested-With": "XMLHttpRequest", "Accept": "text/html"},
    {"HX-Request": "true"},
    {"Accept": "application/json"},
)


def _addresses() -> Iterator[str]:
    for namespace in ("albums", "faces"):
        patterns = get_resolver().namespace_dict[namespace][1].url_patterns
        for pattern in patterns:
            assert isinstance(pattern, URLPattern)
            name = f"{namespace}:{pattern.name}"
            names = set(pattern.pattern.converters)
            if name in OPEN or "token" in names:
                continue
            yield _reversed(name, names)


def _reversed(name: str, names: set[str]) -> str:
    for values in VALUES:
        known = {**EXTRA, **values}
        try:
            return reverse(name, kwargs={one: known[one] for one in names})
        except NoReverseMatch:
            continue
    raise AssertionError(f"no address for {name}")


@pytest.mark.django_db
def test_no_address_answers_a_signed_out_script_with_a_page(client: Client, album: Album) -> None:
    scripts = itertools.cycle(SCRIPTS)
    wrong = []
    for address in _addresses():
        # Also where only GET is allowed: the session comes first.
        response = client.post(address, headers=next(scripts))
        if response.status_code != 401:
            wrong.append((address, response.status_code))
    assert wrong == []


@pytest.fixture
def album(owner: object) -> Album:
    """There is an account, and something to be refused."""
    return album_of(owner)  # type: ignore[arg-type]
