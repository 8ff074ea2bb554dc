"""The address of a running start command."""

from pathlib import Path

import pytest

from config.local_services import instance
from config.local_services.instance import Address

ADDRESS = Address("http://127.0.0.1:8000", "very-secret")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "run").mkdir()
    return tmp_path


def test_it_is_known_to_this_user_while_the_start_command_runs(data: Path) -> None:
    assert instance.address(data) is None
    with instance.claim(data) as claimed:
        assert claimed
        assert instance.address(data) is None, "the page is not up yet"
        instance.publish(data, ADDRESS)
        assert instance.address(data) == ADDRESS
        assert (data / "run" / "address.json").stat().st_mode & 0o077 == 0
    assert instance.address(data) is None


def test_the_address_of_a_killed_start_command_is_ignored(data: Path) -> None:
    instance.publish(data, ADDRESS)
    assert instance.address(data) is None


def test_only_one_start_command_claims_the_folder(data: Path) -> None:
    with instance.claim(data), instance.claim(data) as second:
        assert not second
