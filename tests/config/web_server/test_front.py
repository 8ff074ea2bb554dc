"""The web server: clients that send or read slowly keep no thread, and stay within limits."""

import contextlib
import hashlib
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.web_server.body_check import BODY_LENGTH
from config.web_server.limits import Limits
from tests.config.web_server.serving import Served, serving
from tests.config.web_server.small_app import LARGE, App

LIMITS = Limits(
    threads=1,
    long_threads=3,
    long_of_client=2,
    wait_seconds=0.5,
    connections_of_client=60,
    header_seconds=3.0,
    idle_seconds=3.0,
    write_seconds=3.0,
    linger_seconds=0.5,
    small_body_bytes=10_000,
    stored_body_bytes=100_000,
)
SLOW = {
    "headers": b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ",
    "bodies": b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9000\r\n\r\nabc",
    "readers of a page": b"GET /page HTTP/1.1\r\nHost: x\r\n\r\n",
    "readers of a file": b"GET /file HTTP/1.1\r\nHost: x\r\n\r\n",
}


@pytest.fixture(scope="module")
def large_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("served") / "large"
    path.write_bytes(os.urandom(LARGE))
    return path


@pytest.fixture
def app(large_file: Path) -> App:
    return App(large_file)


@pytest.fixture
def served(app: App) -> Iterator[Served]:
    with serving(app, LIMITS) as found:
        yield found


def rest_of(line: socket.socket) -> bytes:
    """All that comes until the server ends the connection."""
    received = bytearray()
    with contextlib.suppress(ConnectionResetError):
        while chunk := line.recv(2**16):
            received += chunk
    return bytes(received)


def test_the_environment_of_a_request_is_that_of_wsgi(served: Served, app: App) -> None:
    line = served.connect(
        b"POST /a%20b%C3%A9/?q=%41 HTTP/1.1\r\nHost: photos.example\r\nContent-Type: text/plain\r\n"
        b"X-Forwarded-Proto: https\r\nX-Forwarded-For: 192.0.2.1\r\nX_Forwarded_For: 192.0.2.9\r\n"
        b"X-Forwarded-For: 192.0.2.2\r\nCookie: a=1\r\nCookie: b=2\r\nContent-Length: 2\r\n"
        b"Connection: close\r\n\r\nhi"
    )
    answer = rest_of(line)
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert answer.endswith(b"\r\n\r\nindex")
    assert answer.count(b"Set-Cookie") == 2
    environ = app.seen[0]
    assert environ["PATH_INFO"].encode("latin-1").decode() == "/a bé/"
    assert environ["QUERY_STRING"] == "q=%41"
    assert environ["HTTP_HOST"] == "photos.example"
    assert environ["HTTP_X_FORWARDED_FOR"] == "192.0.2.1,192.0.2.2"
    assert environ["HTTP_COOKIE"] == "a=1; b=2"
    assert environ["CONTENT_TYPE"] == "text/plain"
    assert environ["CONTENT_LENGTH"] == "2"
    assert environ["REMOTE_ADDR"] == "127.0.0.1"
    # The proxy on this machine is believed, as by gunicorn's own workers.
    assert environ["wsgi.url_scheme"] == "https"
    assert app.closed.wait(5)


@pytest.mark.parametrize("kind", SLOW)
def test_slow_clients_keep_no_thread(served: Served, kind: str) -> None:
    lines = [served.connect(SLOW[kind], buffer=4096) for _ in range(20)]
    time.sleep(0.2)
    for _ in range(5):
        # It would not come in time from a thread that waits for one of them after the other.
        response, body = served.ask("GET", "/")
        assert (response.status, body) == (200, b"index")
    for line in lines:
        line.close()


def test_headers_and_bodies_must_come_in_time(app: App) -> None:
    with serving(app, Limits(threads=1, header_seconds=0.3, idle_seconds=0.3, linger_seconds=0.2)) as served:
        headers = served.connect(SLOW["headers"])
        body = served.connect(SLOW["bodies"])
        began = time.monotonic()
        assert rest_of(headers) == b""
        assert b"408 Request Timeout" in rest_of(body)
        assert time.monotonic() - began < 3
        # A byte now and then is not enough, either.
        trickle = served.connect(SLOW["bodies"])
        with contextlib.suppress(ConnectionError):
            for _ in range(40):
                trickle.sendall(b"a")
                time.sleep(0.05)
        assert b"408 Request Timeout" in rest_of(trickle)


@pytest.mark.parametrize("path", ["/page", "/file", "/stream"])
def test_a_client_that_does_not_read_is_disconnected(app: App, path: str) -> None:
    with serving(app, Limits(threads=1, write_seconds=0.3)) as served:
        line = served.connect(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode(), buffer=4096)
        time.sleep(1)
        received = rest_of(line)
    assert b"200 OK" in received or b"206 Partial" in received
    assert len(received) < LARGE


def test_a_file_is_sent_from_its_position_up_to_its_length(
    served: Served, app: App, large_file: Path
) -> None:
    response, body = served.ask("GET", "/file")
    assert response.status == 206
    assert body == large_file.read_bytes()[100:-100]
    response, body = served.ask("HEAD", "/file")
    assert response.headers["Content-Length"] == str(LARGE - 200)
    assert body == b""


def test_chunks_are_sent_as_they_are_made(served: Served, app: App) -> None:
    _response, body = served.ask("GET", "/stream")
    assert len(body) == 200 * 100_000
    assert app.closed.wait(5)


def test_downloads_of_one_client_leave_places_to_others(app: App) -> None:
    with serving(
        app, Limits(threads=1, long_threads=3, long_of_client=2, wait_seconds=0.3, proxies=1)
    ) as served:
        ask = b"GET /stream HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n"
        lines = [served.connect(ask, buffer=4096) for _ in range(2)]
        time.sleep(0.2)
        response, _body = served.ask("GET", "/stream", headers={"X-Forwarded-For": "192.0.2.1"})
        assert response.status == 503
        assert response.headers["Retry-After"]
        response, body = served.ask("GET", "/stream", headers={"X-Forwarded-For": "192.0.2.2"})
        assert (response.status, len(body)) == (200, 20_000_000)
        for line in lines:
            line.close()


def test_a_large_body_is_read_only_after_the_application_agreed(served: Served, app: App) -> None:
    line = served.connect(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1500000000\r\n\r\n")
    answer = rest_of(line)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert answer.endswith(b"not here")
    assert [one.get(BODY_LENGTH) for one in app.seen] == [1_500_000_000]


@pytest.mark.parametrize("size", [9_000, 50_000, 3_000_000])
def test_bodies_of_every_size_arrive_whole(served: Served, app: App, size: int) -> None:
    sent = os.urandom(size)
    expected = f"{size} {hashlib.sha256(sent).hexdigest()}".encode()
    response, body = served.ask("POST", "/echo", sent, {"Expect": "100-continue"})
    assert (response.status, body) == (200, expected)
    chunks = (sent[start : start + 20_000] for start in range(0, size, 20_000))
    response, body = served.ask("POST", "/echo", chunks)
    assert (response.status, body) == (200, expected)
    assert app.seen[-1]["CONTENT_LENGTH"] == str(size)


def test_a_body_in_chunks_ends_at_the_limit(served: Served, app: App) -> None:
    line = served.connect(b"POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
    sent = 0
    with contextlib.suppress(ConnectionError):
        for _ in range(500):
            line.sendall(b"186a0\r\n" + b"x" * 100_000 + b"\r\n")
            sent += 100_000
    assert b"413" in rest_of(line)[:20]
    assert not [one for one in app.seen if "read" in one]


def test_what_arrived_of_an_interrupted_body_is_read(served: Served, app: App) -> None:
    line = served.connect(b"PATCH /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9000\r\n\r\n" + b"x" * 5000)
    time.sleep(0.2)
    line.close()
    assert app.closed.wait(5)
    assert app.seen[0]["read"] == 5000
    assert isinstance(app.seen[0]["failed"], ConnectionError)


def test_one_address_has_a_limited_number_of_connections(served: Served) -> None:
    lines = [served.connect(SLOW["headers"]) for _ in range(LIMITS.connections_of_client)]
    time.sleep(0.2)
    assert b"503 Service Unavailable" in rest_of(served.connect())
    lines.pop().close()
    time.sleep(0.2)
    assert served.ask("GET", "/")[0].status == 200
    for line in lines:
        line.close()


def test_behind_a_proxy_the_requests_of_an_address_are_limited(app: App) -> None:
    with serving(app, Limits(threads=1, connections_of_client=3, proxies=1)) as served:
        body = b"POST / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 192.0.2.1\r\nContent-Length: 9\r\n\r\n"
        lines = [served.connect(body) for _ in range(3)]
        time.sleep(0.2)
        response, _ = served.ask("GET", "/", headers={"X-Forwarded-For": "192.0.2.1"})
        assert response.status == 503
        response, _ = served.ask("GET", "/", headers={"X-Forwarded-For": "192.0.2.2"})
        assert response.status == 200
        for line in lines:
            line.close()


def test_a_defect_is_answered_without_its_text(served: Served) -> None:
    response, body = served.ask("GET", "/broken")
    assert response.status == 500
    assert b"secret" not in body
    # What is shorter than announced must not pass for the whole.
    line = served.connect(b"GET /short HTTP/1.1\r\nHost: x\r\n\r\n")
    assert rest_of(line).endswith(b"\r\n\r\nhalf")


def test_what_is_no_http_is_answered_and_not_logged(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    assert rest_of(served.connect(b"\x16\x03\x01 no http\r\n\r\n")).startswith(b"HTTP/1.0 400 ")
    both = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    assert b" 400 " in rest_of(served.connect(both))
    assert caplog.records == []


def test_a_page_does_not_wait_for_the_pictures_of_others(served: Served, app: App) -> None:
    picture = b"GET /slow?picture HTTP/1.1\r\nHost: x\r\nAccept: image/avif,image/webp,*/*\r\n\r\n"
    lines = [served.connect(picture) for _ in range(4)]
    time.sleep(0.2)
    assert served.ask("GET", "/page")[0].status == 200
    for line in lines:
        assert b"200 OK" in line.recv(2**16)
        line.close()
    assert [one["QUERY_STRING"] for one in app.seen[:3]] == ["picture", "", "picture"]
    assert len(app.seen) == 5


def test_a_stop_waits_for_running_requests(app: App) -> None:
    with serving(app, LIMITS, stop_seconds=3) as served:
        line = served.connect(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(0.2)
    assert rest_of(line).endswith(b"index")
