"""Migrations that have landed are never changed or removed: a data folder would no longer open.

tests/released_migrations.txt lists them with their digests. After adding a migration, add its line:
.venv/bin/python -m tests.test_released_migrations
"""

import hashlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LIST = ROOT / "tests" / "released_migrations.txt"


def present() -> dict[str, str]:
    """The migrations of the apps, with their SHA-256."""
    return {
        str(path.relative_to(ROOT)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(ROOT.glob("*/migrations/[0-9]*.py"))
    }


def released() -> dict[str, str]:
    lines = (line.split() for line in LIST.read_text().splitlines())
    return {path: digest for digest, path in lines}


def test_no_released_migration_is_changed_or_removed() -> None:
    found = present()
    wrong = [path for path, digest in released().items() if found.get(path) != digest]
    assert not wrong, f"Restore them as they were, and write a new migration instead: {wrong}"


def test_every_migration_is_in_the_list() -> None:
    missing = sorted(present().keys() - released().keys())
    assert not missing, f"Run .venv/bin/python -m tests.test_released_migrations to add {missing}"


if __name__ == "__main__":
    known = released() if LIST.exists() else {}
    # A line that is there stays as it is.
    lines = [f"{digest}  {path}\n" for path, digest in sorted({**present(), **known}.items())]
    LIST.write_text("".join(lines))
