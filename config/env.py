"""Typed readers of the environment.

Every setting that a person may give from outside passes here. A wrong value is an `ImproperlyConfigured`
that names the variable, the value it has, and the legal values.
"""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, overload
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

Number = TypeVar("Number", int, float)

TRUE = ("1", "true", "yes", "on")
FALSE = ("0", "false", "no", "off")


def _refuse(name: str, value: str, legal: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{name} is {value!r}. Legal values: {legal}.")


def _raw(name: str) -> str:
    """The variable without surrounding space; empty when unset (an empty variable counts as unset)."""
    return os.environ.get(name, "").strip()


@overload
def text(name: str) -> str | None: ...
@overload
def text(name: str, default: str) -> str: ...
def text(name: str, default: str | None = None) -> str | None:
    """Return the variable as it stands, or `default` when it is unset or empty."""
    return _raw(name) or default


def flag(name: str, *, default: bool = False) -> bool:
    """Return a yes/no variable."""
    value = _raw(name)
    if not value:
        return default
    if value.lower() in TRUE:
        return True
    if value.lower() in FALSE:
        return False
    raise _refuse(name, value, f"{', '.join(TRUE)} or {', '.join(FALSE)}")


def integer(name: str, default: int, *, least: int, most: int) -> int:
    """Return a whole number within `least`..`most`, both legal."""
    return _number(name, default, convert=int, kind="a whole number", least=least, most=most)


def decimal(name: str, default: float, *, least: float, most: float) -> float:
    """Return a number within `least`..`most`, both legal."""
    return _number(name, default, convert=float, kind="a number", least=least, most=most)


def _number(
    name: str, default: Number, *, convert: Callable[[str], Number], kind: str, least: Number, most: Number
) -> Number:
    value = _raw(name)
    if not value:
        return default
    legal = f"{kind} from {least} to {most}"
    try:
        number = convert(value)
    except ValueError as error:
        raise _refuse(name, value, legal) from error
    if not least <= number <= most:
        raise _refuse(name, value, legal)
    return number


def choice(name: str, default: str, *, legal: tuple[str, ...]) -> str:
    """Return one of the names in `legal`."""
    value = _raw(name)
    if not value:
        return default
    if value not in legal:
        raise _refuse(name, value, ", ".join(legal))
    return value


def listing(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """Return a comma-separated list, without empty items."""
    items = [item.strip() for item in _raw(name).split(",")]
    return [item for item in items if item] or list(default)


@overload
def folder(name: str) -> Path | None: ...
@overload
def folder(name: str, default: Path) -> Path: ...
def folder(name: str, default: Path | None = None) -> Path | None:
    """Return an absolute path, `~` expanded; the folder itself need not exist, but must not be a file."""
    value = _raw(name)
    path = Path(value).expanduser().absolute() if value else default
    if value and path is not None and path.exists() and not path.is_dir():
        raise _refuse(name, value, "a folder (this one is a file)")
    return path


def url(name: str, *, schemes: tuple[str, ...]) -> str | None:
    """Return an address whose scheme is one of `schemes`."""
    value = _raw(name)
    if not value:
        return None
    if urlsplit(value).scheme not in schemes:
        raise ImproperlyConfigured(
            # The address may carry a password: only its scheme is shown.
            f"{name} begins with {value.split(':', 1)[0]!r}. Legal values: an address that begins with "
            f"{', '.join(scheme + '://' for scheme in schemes)}."
        )
    return value


DATABASE_SCHEMES = ("postgres", "postgresql", "pgsql")
BROKER_SCHEMES = ("redis", "rediss", "redis+socket", "valkey", "amqp", "amqps", "pyamqp")


def data_dir() -> Path:
    """The folder that holds everything that must outlive a run."""
    return folder("TROMBINE_DATA", Path("~/.local/share/trombine").expanduser())


def database_url() -> str | None:
    """A Postgres of the person's own, or None for the embedded one."""
    return url("DATABASE_URL", schemes=DATABASE_SCHEMES)


def broker_url() -> str | None:
    """A broker of the person's own, or None for the embedded one."""
    return url("BROKER_URL", schemes=BROKER_SCHEMES)


def workers() -> int:
    """How many processes one Celery worker has."""
    return integer("TROMBINE_WORKERS", min(os.cpu_count() or 1, 4), least=1, most=256)


def settings_module() -> str:
    """The settings for this environment when DJANGO_SETTINGS_MODULE does not say."""
    return "config.settings." + ("development" if flag("TROMBINE_DEBUG") else "production")


def short_folder(key: str) -> Path:
    """A short folder of this user's own in the temporary folder, the same for the same `key`."""
    return Path(tempfile.gettempdir()) / f"trombine-{os.getuid()}-{key}"
