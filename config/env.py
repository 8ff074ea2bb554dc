"""Typed readers of environment variables.

An invalid value raises `ImproperlyConfigured` with the variable, its value and the legal values.
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


def _invalid(name: str, value: str, legal: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{name} is {value!r}. Legal values: {legal}.")


def _raw(name: str) -> str:
    """Return the stripped value; an empty variable counts as unset."""
    return os.environ.get(name, "").strip()


@overload
def text(name: str) -> str | None: ...
@overload
def text(name: str, default: str) -> str: ...
def text(name: str, default: str | None = None) -> str | None:
    """Return a string."""
    return _raw(name) or default


def flag(name: str, *, default: bool = False) -> bool:
    """Return a boolean."""
    value = _raw(name).lower()
    if value in (*TRUE, *FALSE):
        return value in TRUE
    if not value:
        return default
    raise _invalid(name, _raw(name), f"{', '.join(TRUE)} or {', '.join(FALSE)}")


def integer(name: str, default: int, *, minimum: int, maximum: int) -> int:
    """Return a whole number within `minimum`..`maximum`."""
    return _number(name, default, int, f"a whole number from {minimum} to {maximum}", (minimum, maximum))


def decimal(name: str, default: float, *, minimum: float, maximum: float) -> float:
    """Return a number within `minimum`..`maximum`."""
    return _number(name, default, float, f"a number from {minimum} to {maximum}", (minimum, maximum))


def _number(
    name: str, default: Number, convert: Callable[[str], Number], legal: str, bounds: tuple[Number, Number]
) -> Number:
    value = _raw(name)
    if not value:
        return default
    try:
        number = convert(value)
    except ValueError as error:
        raise _invalid(name, value, legal) from error
    if not bounds[0] <= number <= bounds[1]:
        raise _invalid(name, value, legal)
    return number


def choice(name: str, default: str, *, legal: tuple[str, ...]) -> str:
    """Return one of the values in `legal`."""
    value = _raw(name) or default
    if value not in legal:
        raise _invalid(name, value, ", ".join(legal))
    return value


def listing(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """Return the items of a comma-separated list."""
    items = [item.strip() for item in _raw(name).split(",")]
    return [item for item in items if item] or list(default)


@overload
def folder(name: str) -> Path | None: ...
@overload
def folder(name: str, default: Path) -> Path: ...
def folder(name: str, default: Path | None = None) -> Path | None:
    """Return an absolute path, with `~` expanded. The folder need not exist, but must not be a file."""
    value = _raw(name)
    if not value:
        return default
    path = Path(value).expanduser().absolute()
    if path.exists() and not path.is_dir():
        raise _invalid(name, value, "a folder (this one is a file)")
    return path


def url(name: str, *, schemes: tuple[str, ...]) -> str | None:
    """Return a URL with one of `schemes`."""
    value = _raw(name)
    if value and urlsplit(value).scheme not in schemes:
        raise ImproperlyConfigured(
            # Shows only the scheme, because the URL may contain a password.
            f"{name} begins with {value.split(':', 1)[0]!r}. Legal values: an address that begins with "
            f"{', '.join(scheme + '://' for scheme in schemes)}."
        )
    return value or None


DATABASE_SCHEMES = ("postgres", "postgresql", "pgsql")
BROKER_SCHEMES = ("redis", "rediss", "redis+socket", "valkey", "amqp", "amqps", "pyamqp")


def data_dir() -> Path:
    """Return the data folder, which holds everything persistent."""
    return folder("TROMBINE_DATA", Path("~/.local/share/trombine").expanduser())


def database_url() -> str | None:
    """Return the URL of an external Postgres, or None for the embedded one."""
    return url("DATABASE_URL", schemes=DATABASE_SCHEMES)


def broker_url() -> str | None:
    """Return the URL of an external broker, or None for the embedded one."""
    return url("BROKER_URL", schemes=BROKER_SCHEMES)


def workers() -> int:
    """Return the number of processes of a Celery worker."""
    return integer("TROMBINE_WORKERS", min(os.cpu_count() or 1, 4), minimum=1, maximum=256)


def settings_module() -> str:
    """Return the default of DJANGO_SETTINGS_MODULE."""
    return "config.settings." + ("development" if flag("TROMBINE_DEBUG") else "production")


def short_folder(key: str) -> Path:
    """Return a short path in the temporary folder for this user and `key`."""
    return Path(tempfile.gettempdir()) / f"trombine-{os.getuid()}-{key}"
