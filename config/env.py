"""Typed readers of environment variables, which raise `ImproperlyConfigured` for invalid values."""

import contextlib
import os
from pathlib import Path
from typing import TypeVar, overload
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ImproperlyConfigured

Number = TypeVar("Number", int, float)

TRUE = ("1", "true", "yes", "on")
FALSE = ("0", "false", "no", "off")


def _invalid(name: str, value: str, legal: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{name} is {value!r}. Legal values: {legal}.")


def _raw(name: str) -> str:
    """Return the stripped value; an empty variable counts as unset."""
    return os.environ.get(name, "").strip()


def text(name: str) -> str:
    """Return a string, empty by default."""
    return _raw(name)


def flag(name: str) -> bool:
    """Return a boolean, False by default."""
    value = _raw(name).lower()
    if value and value not in (*TRUE, *FALSE):
        raise _invalid(name, _raw(name), f"{', '.join(TRUE)} or {', '.join(FALSE)}")
    return value in TRUE


def parse_number(value: str, minimum: Number, maximum: Number) -> Number:
    """Return a number within bounds, a whole one if they are. Raises ValueError with the legal values."""
    convert = type(minimum)
    with contextlib.suppress(ValueError):
        if minimum <= (number := convert(value)) <= maximum:
            return number
    kind = {int: "a whole number", float: "a number"}[convert]
    raise ValueError(f"{kind} from {minimum} to {maximum}")


def number(name: str, default: Number, *, minimum: Number, maximum: Number) -> Number:
    """Return a number within `minimum`..`maximum`, a whole one if they are."""
    value = _raw(name)
    try:
        return parse_number(value, minimum, maximum) if value else default
    except ValueError as error:
        raise _invalid(name, value, str(error)) from error


def choice(name: str, default: str, *, legal: tuple[str, ...]) -> str:
    """Return one of the values in `legal`."""
    value = _raw(name) or default
    if value not in legal:
        raise _invalid(name, value, ", ".join(legal))
    return value


def time_zone(name: str, default: str) -> str:
    """Return the name of a time zone, such as Europe/Paris."""
    value = _raw(name) or default
    try:
        return ZoneInfo(value).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise _invalid(name, value, "names of the time zone database, such as Europe/Paris or UTC") from error


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


def web_address(name: str) -> str:
    """Return an http or https address without a slash at its end, empty by default."""
    value = _raw(name).rstrip("/")
    if value and not _is_web_address(value):
        raise _invalid(
            name, value, "an address such as https://photos.example.org or https://example.org/photos"
        )
    return value


def origins(name: str) -> list[str]:
    """Return the http and https origins of a comma-separated list."""
    values = [value.rstrip("/") for value in listing(name)]
    for value in values:
        if not _is_web_address(value) or urlsplit(value).path:
            raise _invalid(
                name, value, "origins such as https://photos.example.org:8443, separated by commas"
            )
    return values


def tiles(name: str) -> str:
    """Return the address of map tiles with its placeholders {z}, {x} and {y}; empty if unset."""
    value = text(name)
    if not value:
        return ""
    parts = urlsplit(value)
    whole = all(mark in value for mark in ("{z}", "{x}", "{y}")) and not set(parts.netloc) & set("{};,' ")
    if parts.scheme not in {"http", "https"} or not parts.netloc or not whole:
        raise _invalid(name, value, "an address such as https://tiles.example.org/{z}/{x}/{y}.png")
    return value


def _is_web_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
        host = parts.hostname
        _port = parts.port
    except ValueError:
        return False
    plain = not (parts.query or parts.fragment or parts.username) and "//" not in parts.path
    return parts.scheme in {"http", "https"} and bool(host) and plain


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
    return number("TROMBINE_WORKERS", min(os.cpu_count() or 1, 4), minimum=1, maximum=256)


def web_processes() -> int:
    """Return the number of processes of the web server."""
    return number("TROMBINE_WEB_PROCESSES", min(os.cpu_count() or 1, 8), minimum=1, maximum=64)


def settings_module() -> str:
    """Return the default of DJANGO_SETTINGS_MODULE."""
    return "config.settings." + ("development" if flag("TROMBINE_DEBUG") else "production")
