"""The address of a client: its connection, or what the server's own proxies say."""

import pytest
from django.test import RequestFactory
from pytest_django import Settings

from albums.http.client_address import client_address

PEER = "192.0.2.1"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        pytest.param(0, None, PEER, id="no proxy"),
        pytest.param(0, "203.0.113.5", PEER, id="a header without a proxy is not believed"),
        pytest.param(1, None, PEER, id="a proxy that says nothing"),
        pytest.param(1, "203.0.113.5", "203.0.113.5", id="a proxy"),
        pytest.param(1, "198.51.100.9, 203.0.113.5", "203.0.113.5", id="a word of the client before it"),
        pytest.param(2, "198.51.100.9, 203.0.113.5, 10.0.0.1", "203.0.113.5", id="two proxies"),
        pytest.param(2, "203.0.113.5", "203.0.113.5", id="fewer than the proxies"),
        pytest.param(1, "203.0.113.5:4711", "203.0.113.5", id="with a port"),
        pytest.param(1, "2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64", id="IPv6: the network"),
        pytest.param(1, "[2001:db8:1:2:bbbb::2]:443", "2001:db8:1:2::/64", id="IPv6 with a port"),
        pytest.param(1, "::ffff:203.0.113.5", "203.0.113.5", id="IPv4 as IPv6"),
        pytest.param(1, "unknown", PEER, id="no address"),
    ],
)
def test_the_client_is_found_behind_the_servers_own_proxies_only(
    settings: Settings, proxies: int, forwarded: str | None, address: str
) -> None:
    settings.PROXIES = proxies
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    assert client_address(RequestFactory().get("/", REMOTE_ADDR=PEER, headers=headers)) == address


def test_a_unix_socket_has_no_address(settings: Settings) -> None:
    settings.PROXIES = 0
    assert client_address(RequestFactory().get("/", REMOTE_ADDR="")) == ""
