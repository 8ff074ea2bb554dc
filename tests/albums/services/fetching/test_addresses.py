"""Only addresses that anybody on the internet can reach are public."""

import pytest

from albums.services.fetching.addresses import is_public

PUBLIC = (
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.167.255.255",
    "192.169.0.0",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.255",
    "2001:4860:4860::8888",
    "2606:4700:4700::1111",
    "2a00:1450:4001:81b::200e",
)
# The first and last address of each special-purpose range, and addresses that are known as targets.
IPV4_SPECIAL = (
    "0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255", "127.0.0.1",
    "127.255.255.255", "169.254.0.0", "169.254.169.254", "169.254.255.255", "172.16.0.0", "172.31.255.255",
    "192.0.0.0", "192.0.0.170", "192.0.2.1", "192.88.99.1", "192.168.0.0", "192.168.255.255", "198.18.0.0",
    "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1",
    "255.255.255.255",
)  # fmt: skip
IPV6_SPECIAL = (
    "::", "::1", "fe80::1", "fe80::1%eth0", "febf::1", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1",
    "ff0e::1", "100::1", "2001::1", "2001:db8::1", "2001:10::1", "2001:20::1", "3fff::1", "5f00::1",
    "4000::1",
)  # fmt: skip
EMBEDDED = {
    "IPv4-mapped": "::ffff:{}",
    "IPv4-compatible": "::{}",
    "IPv4-translated": "::ffff:0:{}",
    "NAT64": "64:ff9b::{}",
    "local NAT64": "64:ff9b:1::{}",
    "ISATAP": "2a00:1450:4001:81b:0:5efe:{}",
    "global ISATAP": "2a00:1450:4001:81b:200:5efe:{}",
}


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", IPV4_SPECIAL + IPV6_SPECIAL)
def test_a_special_address_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("form", EMBEDDED.values(), ids=EMBEDDED)
@pytest.mark.parametrize("inner", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "8.8.8.8"])
def test_an_embedded_ipv4_address_is_not_public_whatever_it_is(form: str, inner: str) -> None:
    assert not is_public(form.format(inner))


@pytest.mark.parametrize("inner", ["7f00:1", "a00:1", "808:808"])
def test_addresses_of_6to4_and_teredo_are_not_public(inner: str) -> None:
    assert not is_public(f"2002:{inner}::1")
    assert not is_public(f"2001:0:{inner}:0:0:0:1")


@pytest.mark.parametrize("text", ["", "localhost", "example.org", "127.1", "0x7f000001", "017700000001", "1"])
def test_text_that_is_not_an_address_is_not_public(text: str) -> None:
    assert not is_public(text)
