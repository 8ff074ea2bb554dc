"""Connections are made to public addresses only, and end at the deadline."""

import itertools
import ssl
import subprocess
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from albums.exceptions import PictureLinkCode
from albums.services.fetching.connections import SystemNetwork
from albums.services.fetching.pictures import picture_fetch
from tests.albums.services.fetching.servers import (
    HOST,
    LINK,
    PUBLIC_ADDRESS,
    LocalNetwork,
    LocalServer,
    code_of,
    local_server,
)
from tests.drawing import encoded

JPEG = encoded()


@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.1"], ["::1"], ["::ffff:10.0.0.1"], [PUBLIC_ADDRESS, "192.168.1.1"], ["fe80::1%eth0"], []],
    ids=["loopback", "IPv6 loopback", "mapped", "one of two", "link-local", "none"],
)
def test_a_host_with_a_private_address_is_not_connected_to(network: LocalNetwork, addresses) -> None:
    network.hosts[HOST] = addresses
    assert code_of(LINK, network) == PictureLinkCode.NOT_PUBLIC
    assert network.connected == []


def test_an_unknown_host_has_the_same_answer_as_a_private_one(network: LocalNetwork) -> None:
    assert code_of("http://missing.example/", network) == PictureLinkCode.NOT_PUBLIC


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "0", "[::1]", "[::]"]
)
def test_every_notation_of_this_machine_is_refused_by_the_real_network(host: str) -> None:
    for scheme in ("http", "https"):
        assert code_of(f"{scheme}://{host}/", None) == PictureLinkCode.NOT_PUBLIC


def test_the_name_is_looked_up_once_so_that_it_cannot_change_its_address(
    server: LocalServer, network: LocalNetwork
) -> None:
    answers = itertools.chain([[PUBLIC_ADDRESS]], itertools.repeat(["127.0.0.1"]))
    network.addresses = lambda host, port: next(answers)  # type: ignore[method-assign]
    server.sends("/a.jpg", JPEG)
    picture_fetch(LINK, network=network)
    assert network.connected == [(PUBLIC_ADDRESS, 80)]


def test_the_next_address_is_tried_when_one_does_not_answer(
    server: LocalServer, network: LocalNetwork
) -> None:
    network.hosts[HOST] = ["2a00:1450::1", PUBLIC_ADDRESS]
    network.unreachable = {"2a00:1450::1"}
    server.sends("/a.jpg", JPEG)
    assert picture_fetch(LINK, network=network).width == 96
    network.unreachable.add(PUBLIC_ADDRESS)
    assert code_of(LINK, network) == PictureLinkCode.UNREACHABLE


@pytest.mark.parametrize("part", ["headers", "body", "chunks"])
def test_a_server_that_sends_slowly_is_left_at_the_deadline(
    server: LocalServer, network: LocalNetwork, part: str
) -> None:
    def page(handler: BaseHTTPRequestHandler) -> None:
        if part == "headers":
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        else:
            handler.send_response(200)
            handler.send_header("Content-Type", "image/jpeg")
            if part == "chunks":
                handler.protocol_version = "HTTP/1.1"
                handler.send_header("Transfer-Encoding", "chunked")
            handler.end_headers()
        for _ in range(40):
            handler.wfile.write(b"1\r\nx\r\n" if part == "chunks" else b"x")
            time.sleep(0.05)

    server.pages["/a.jpg"] = page
    started = time.monotonic()
    assert code_of(LINK, network, seconds=0.3) == PictureLinkCode.TOO_SLOW
    assert time.monotonic() - started < 1.0


def test_a_resolver_that_does_not_answer_is_left_at_the_deadline(network: LocalNetwork) -> None:
    def addresses(host: str, port: int) -> list[str]:
        time.sleep(1)
        return [PUBLIC_ADDRESS]

    network.addresses = addresses  # type: ignore[method-assign]
    assert code_of(LINK, network, seconds=0.1) == PictureLinkCode.TOO_SLOW
    assert network.connected == []


def test_the_time_is_shared_by_all_redirects(server: LocalServer, network: LocalNetwork) -> None:
    def page(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(0.2)
        handler.send_response(302)
        handler.send_header("Location", LINK)
        handler.end_headers()

    server.pages["/a.jpg"] = page
    assert code_of(LINK, network, seconds=0.3) == PictureLinkCode.TOO_SLOW


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> Path:
    """A certificate for HOST with its key, in one file."""
    path: Path = tmp_path_factory.mktemp("tls") / "both.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
    ]
    command += ["-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}", "-days", "2"]
    try:
        subprocess.run(
            [*command, "-keyout", path, "-out", path.with_suffix(".crt")], check=True, capture_output=True
        )
    except FileNotFoundError:
        pytest.skip("openssl is not installed")
    path.write_bytes(path.read_bytes() + path.with_suffix(".crt").read_bytes())
    return path


def test_https_verifies_the_certificate_of_the_name_and_not_of_the_address(certificate: Path) -> None:
    names = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    with local_server(context) as server:
        network = LocalNetwork(server, {HOST: [PUBLIC_ADDRESS], "other.example": [PUBLIC_ADDRESS]})
        network.trusted = str(certificate)
        server.sends("/a.jpg", JPEG)
        assert picture_fetch(f"https://{HOST}/a.jpg", network=network).content == JPEG
        assert network.connected == [(PUBLIC_ADDRESS, 443)]
        assert names == [HOST]
        assert code_of("https://other.example/a.jpg", network) == PictureLinkCode.UNREACHABLE
        network.trusted = None
        assert code_of(f"https://{HOST}/a.jpg", network) == PictureLinkCode.UNREACHABLE
        assert len(server.requests) == 1


def test_the_system_network_connects_to_the_address_that_it_is_given(server: LocalServer) -> None:
    with SystemNetwork().connect("127.0.0.1", server.port, 1.0) as connection:
        assert connection.getpeername() == ("127.0.0.1", server.port)
    assert SystemNetwork().tls().verify_mode == ssl.CERT_REQUIRED
    assert SystemNetwork().tls().check_hostname
