"""The secret key of an installation that was not given one: made once, kept in the data folder."""

import contextlib
import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from config.local_services import locations


def secret_key(data_dir: Path) -> str:
    """Return the key in `data_dir`/secret_key, and make it (mode 0600) at the first call.

    Two processes may race here at the first start: the key is written aside and linked into place, so that
    both read the one that came first, and neither reads half of it. Raises ImproperlyConfigured when the
    folder cannot be made, read or written.
    """
    try:
        return _kept(data_dir / "secret_key")
    except OSError as error:
        raise ImproperlyConfigured(locations.unusable(data_dir, error)) from error


def _kept(path: Path) -> str:
    data_dir = path.parent
    with contextlib.suppress(FileNotFoundError):
        return path.read_text().strip()
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = data_dir / f".secret_key.{os.getpid()}"
    draft.touch(mode=0o600)
    draft.write_text(secrets.token_urlsafe(50) + "\n")
    with contextlib.suppress(FileExistsError):
        path.hardlink_to(draft)
    draft.unlink()
    return path.read_text().strip()
