"""The web server's socket and names."""

import socket

import pytest

from config.local_services import listening


def test_without_a_port_the_next_free_one_is_taken() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        with listening.listen("127.0.0.1", None, default=number) as listener:
            assert listener.getsockname()[1] > number


def test_a_busy_port_is_an_error_that_names_it() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        with pytest.raises(listening.PortError, match=rf"{number}.*--port"):
            listening.listen("127.0.0.1", number, default=8000)


@pytest.mark.parametrize(
    ("host", "alone"), [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False)]
)
def test_loopback_is_recognised(host: str, alone: bool) -> None:
    assert listening.is_loopback(host) is alone


def test_a_public_server_accepts_its_own_names_and_no_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(listening, "own_addresses", lambda: ["192.168.1.5", "fd00::5"])
    names = listening.names("0.0.0.0")
    assert {"localhost", "192.168.1.5", "[fd00::5]", socket.gethostname()} <= set(names)
    assert "*" not in names
    assert listening.url("0.0.0.0", 8000) == "http://192.168.1.5:8000"
