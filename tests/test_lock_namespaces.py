"""Advisory locks of different kinds of work never meet."""

from pathlib import Path

from django.conf import settings

from albums.locks import AdvisoryLock


def test_each_kind_of_lock_has_a_number_of_its_own() -> None:
    numbers = [lock.value for lock in AdvisoryLock.__members__.values()]
    assert len(numbers) >= 6
    assert len(numbers) == len(set(numbers))


def test_no_other_module_takes_an_advisory_lock() -> None:
    root = Path(settings.BASE_DIR)
    files = [file for app in ("albums", "faces", "api", "config") for file in (root / app).rglob("*.py")]
    takers = [file.relative_to(root) for file in files if "advisory_" in file.read_text()]
    assert takers == [Path("albums/locks.py")]
