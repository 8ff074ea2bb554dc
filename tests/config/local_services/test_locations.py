"""Paths of sockets."""

from pathlib import Path

from config.local_services import locations


def test_sockets_are_in_the_data_folder_when_their_path_is_short_enough() -> None:
    assert locations.socket_folder(Path("/srv/trombine")) == Path("/srv/trombine/run")


def test_a_long_or_unsuitable_path_gets_a_stable_short_folder() -> None:
    long, odd = Path("/srv", "x" * 100), Path("/srv/my photos, all")
    for data in (long, odd):
        folder = locations.socket_folder(data)
        assert folder == locations.socket_folder(data)
        assert folder.name.startswith("trombine-")
        assert len(str(locations.broker_socket(data)).encode()) < locations.MAX_SOCKET_PATH
    assert locations.socket_folder(long) != locations.socket_folder(odd)


def test_lengths_are_counted_in_bytes() -> None:
    assert locations.socket_folder(Path("/srv", "é" * 50)).name.startswith("trombine-")
