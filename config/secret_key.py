"""Secret key of an installation without TROMBINE_SECRET_KEY: generated once, stored in the data folder."""

import contextlib
import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from config.local_services import locations


def secret_key(data_dir: Path) -> str:
    """Return the key in `data_dir`/secret_key, generated at the first call.

    Processes may race at the first start: the key is written to a temporary file and linked into place, so
    that all read the first complete one. Raises ImproperlyConfigured when the folder cannot be used.
    """
    try:
        return _read_or_generate(data_dir / "secret_key")
    except OSError as error:
        raise ImproperlyConfigured(locations.unusable(data_dir, error.strerror or str(error))) from error


def _read_or_generate(path: Path) -> str:
    with contextlib.suppress(FileNotFoundError):
        return path.read_text().strip()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".secret_key.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(secrets.token_urlsafe(50) + "\n")
    with contextlib.suppress(FileExistsError):
        path.hardlink_to(draft)
    draft.unlink()
    return path.read_text().strip()
