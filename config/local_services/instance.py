"""The start command that runs a data folder: one at a time, with the URL of its page."""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from config.local_services import locations
from config.local_services.file_lock import file_lock


@dataclass(frozen=True, slots=True)
class Address:
    """URL of the page, and the token that the sign-up page for the first account requires, if any."""

    url: str
    setup_token: str


def _address_file(data_dir: Path) -> Path:
    return locations.run_folder(data_dir) / "address.json"


def _lock_file(data_dir: Path) -> Path:
    return locations.run_folder(data_dir) / "running.lock"


@contextlib.contextmanager
def claim(data_dir: Path) -> Iterator[bool]:
    """Reserve the data folder for this start command; yield False when another one runs it."""
    with file_lock(_lock_file(data_dir), blocking=False) as claimed:
        if claimed:
            _address_file(data_dir).unlink(missing_ok=True)
        yield claimed
        if claimed:
            _address_file(data_dir).unlink(missing_ok=True)


def publish(data_dir: Path, address: Address) -> None:
    """Tell other commands of this user where the page is."""
    draft = _address_file(data_dir).with_suffix(".new")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(asdict(address)))
    draft.replace(_address_file(data_dir))


def address(data_dir: Path) -> Address | None:
    """Return the address of the running start command; None while it has no page."""
    try:
        # A killed start command leaves its file behind, but not its lock.
        with file_lock(_lock_file(data_dir), shared=True, blocking=False) as unclaimed:
            return None if unclaimed else Address(**json.loads(_address_file(data_dir).read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None
