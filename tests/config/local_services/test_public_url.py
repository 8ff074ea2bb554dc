"""config.local_services.public_url: printed links lead to the pages, also behind a proxy."""

import pytest
from pytest_django import Settings

from config.local_services.public_url import UNKNOWN, proxy_hint, public_url

LOCAL = "http://127.0.0.1:8000"


@pytest.mark.parametrize(
    ("public", "https", "hosts", "shown"),
    [
        ("", False, ["photos.example.org"], LOCAL),
        ("https://example.org/photos", False, [], "https://example.org/photos"),
        ("", True, ["localhost", "photos.example.org"], "https://photos.example.org"),
        ("", True, ["localhost", "127.0.0.1", "*", ".example.org"], UNKNOWN),
    ],
)
def test_a_printed_link_leads_to_the_pages(
    settings: Settings, public: str, https: bool, hosts: list[str], shown: str
) -> None:
    settings.PUBLIC_URL, settings.HTTPS, settings.ALLOWED_HOSTS = public, https, hosts
    assert public_url(LOCAL) == shown
    hint = proxy_hint(LOCAL, shown)
    assert (LOCAL in hint) is (shown != LOCAL)
    assert ("TROMBINE_PUBLIC_URL" in hint) is (shown == UNKNOWN)
