"""A picture is fetched from a link only as a picture of limited size, through limited redirects."""

import gzip
import pickle
from http.server import BaseHTTPRequestHandler

import pytest
from PIL import Image

from albums.error_messages import link_message
from albums.exceptions import ImageRefused, PictureLinkCode, PictureLinkError, RefusalCode
from albums.services.fetching.pictures import FetchedPicture, picture_fetch
from tests.albums.services.fetching.servers import (
    HOST,
    LINK,
    PUBLIC_ADDRESS,
    LocalNetwork,
    LocalServer,
    code_of,
    refusal,
)
from tests.drawing import encoded

JPEG = encoded()


def test_a_picture_arrives_as_it_is(server: LocalServer, network: LocalNetwork) -> None:
    server.sends("/a.jpg", JPEG)
    assert picture_fetch(LINK, network=network) == FetchedPicture(JPEG, "image/jpeg", "jpg", 96, 64)
    assert network.connected == [(PUBLIC_ADDRESS, 80)]
    assert server.requests == [(HOST, "/a.jpg")]


def test_the_type_is_that_of_the_content(server: LocalServer, network: LocalNetwork) -> None:
    server.sends("/a.jpg", encoded(file_format="PNG"), media_type="Image/JPEG; charset=binary")
    assert picture_fetch(LINK, network=network).mime_type == "image/png"


def test_without_the_setting_nothing_is_fetched(settings, network: LocalNetwork) -> None:
    settings.PICTURE_LINKS = False
    assert code_of(LINK, network) == PictureLinkCode.OFF
    assert network.connected == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed(server: LocalServer, network: LocalNetwork, status: int) -> None:
    network.hosts["other.example"] = ["8.8.8.8"]
    server.redirects("/a.jpg", "http://other.example/b.jpg", status)
    server.sends("/b.jpg", JPEG)
    assert picture_fetch(LINK, network=network).content == JPEG
    assert network.connected == [(PUBLIC_ADDRESS, 80), ("8.8.8.8", 80)]
    assert server.requests[1] == ("other.example", "/b.jpg")


@pytest.mark.parametrize(
    ("location", "code"),
    [
        ("http://inside.example/admin", PictureLinkCode.NOT_PUBLIC),
        ("file:///etc/passwd", PictureLinkCode.BAD_LINK),
        (f"http://{HOST}:6379/", PictureLinkCode.BAD_LINK),
        (f"http://me:secret@{HOST}/", PictureLinkCode.BAD_LINK),
        ("", PictureLinkCode.TOO_MANY_REDIRECTS),
    ],
    ids=["private address", "file", "port", "password", "itself"],
)
def test_a_redirect_passes_the_same_guard(
    server: LocalServer, network: LocalNetwork, location: str, code: PictureLinkCode
) -> None:
    network.hosts["inside.example"] = ["10.0.0.5"]
    server.redirects("/a.jpg", location)
    assert code_of(LINK, network) == code
    assert {address for address, _port in network.connected} == {PUBLIC_ADDRESS}


def test_three_redirects_are_followed_and_a_fourth_is_not(server: LocalServer, network: LocalNetwork) -> None:
    for number in range(4):
        server.redirects(f"/{number}", f"/{number + 1}")
    server.sends("/4", JPEG)
    assert picture_fetch(f"http://{HOST}/1", network=network).content == JPEG
    assert code_of(f"http://{HOST}/0", network) == PictureLinkCode.TOO_MANY_REDIRECTS


@pytest.mark.parametrize(
    "media_type", ["text/html", "image/svg+xml", "application/octet-stream", "video/mp4", ""]
)
def test_other_types_are_not_read(server: LocalServer, network: LocalNetwork, media_type: str) -> None:
    server.sends("/a.jpg", JPEG, media_type=media_type)
    assert code_of(LINK, network) == PictureLinkCode.NOT_A_PICTURE


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<html><body>no</body></html>", RefusalCode.HTML_PAGE),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", RefusalCode.UNSUPPORTED),
        (JPEG[: len(JPEG) // 2], RefusalCode.TRUNCATED),
        (b"", RefusalCode.EMPTY),
    ],
    ids=["page", "drawing", "half", "empty"],
)
def test_a_file_that_cannot_be_decoded_is_refused(server, network: LocalNetwork, content, code) -> None:
    server.sends("/a.jpg", content)
    with pytest.raises(ImageRefused) as caught:
        picture_fetch(LINK, network=network)
    assert caught.value.code == code


def test_a_picture_of_too_many_pixels_is_refused(server, network: LocalNetwork, settings) -> None:
    settings.IMAGE_MAX_PIXELS = 1_000_000
    server.sends("/a.jpg", encoded(Image.new("1", (2000, 1000)), "PNG"), media_type="image/png")
    with pytest.raises(ImageRefused) as caught:
        picture_fetch(LINK, network=network)
    assert caught.value.code == RefusalCode.TOO_MANY_PIXELS


def test_a_file_that_says_it_is_too_large_is_not_read(server: LocalServer, network: LocalNetwork) -> None:
    sent = []

    def page(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "image/jpeg")
        handler.send_header("Content-Length", str(21 * 2**20))
        handler.end_headers()
        handler.wfile.flush()
        sent.append(handler.connection.recv(1))  # nothing: the client closes

    server.pages["/a.jpg"] = page
    error = refusal(LINK, network)
    assert (error.code, error.values) == (PictureLinkCode.TOO_LARGE, {"most": 20})
    assert link_message(error.code, error.values) == "The image at the link is larger than 20 MB."


def test_a_file_without_a_length_is_read_up_to_the_limit(server: LocalServer, network: LocalNetwork) -> None:
    sent = 0

    def page(handler: BaseHTTPRequestHandler) -> None:
        nonlocal sent
        handler.send_response(200)
        handler.send_header("Content-Type", "image/jpeg")
        handler.end_headers()
        for _ in range(1000):
            sent += handler.wfile.write(b"x" * 65536)

    server.pages["/a.jpg"] = page
    assert code_of(LINK, network, most_bytes=200_000) == PictureLinkCode.TOO_LARGE
    assert sent < 1000 * 65536


def test_a_compressed_answer_is_not_unpacked(server: LocalServer, network: LocalNetwork) -> None:
    bomb = gzip.compress(b"\0" * 10_000_000)
    server.sends("/a.jpg", bomb, Content_Encoding="gzip")
    assert len(bomb) < 20_000
    assert code_of(LINK, network) == PictureLinkCode.NOT_A_PICTURE


def test_a_file_that_ends_early_is_not_taken(server: LocalServer, network: LocalNetwork) -> None:
    def page(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "image/jpeg")
        handler.send_header("Content-Length", str(len(JPEG)))
        handler.end_headers()
        handler.wfile.write(JPEG[:-10])

    server.pages["/a.jpg"] = page
    assert code_of(LINK, network) == PictureLinkCode.UNREACHABLE


@pytest.mark.parametrize("answer", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200])
def test_an_answer_that_is_not_http_is_an_error_of_that_server(server, network: LocalNetwork, answer) -> None:
    server.pages["/a.jpg"] = lambda handler: handler.wfile.write(answer)
    assert code_of(LINK, network) == PictureLinkCode.UNREACHABLE


def test_the_status_of_an_error_is_named(server: LocalServer, network: LocalNetwork) -> None:
    server.pages["/a.jpg"] = lambda handler: handler.send_error(404)
    error = refusal(LINK, network)
    assert link_message(error.code, error.values) == "The server of the link answered with error 404."


@pytest.mark.parametrize("code", list(PictureLinkCode))
def test_every_code_has_a_message(code: PictureLinkCode) -> None:
    assert link_message(code, {"status": 404, "most": 20}).endswith(".")


def test_an_error_crosses_to_another_process() -> None:
    error = PictureLinkError(PictureLinkCode.BAD_STATUS, "detail", {"status": 500})
    copy = pickle.loads(pickle.dumps(error))
    assert (copy.code, copy.detail, copy.values) == (error.code, error.detail, error.values)
