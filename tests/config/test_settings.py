"""Settings as a process of its own sees them: they are read once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


def load(tmp_path: Path, expression: str, **environment: str) -> subprocess.CompletedProcess[str]:
    code = f"from django.conf import settings as s; print({expression})"
    inherited = {
        k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "BROKER_URL", "PYTEST_XDIST_WORKER")
    }
    return subprocess.run(
        [sys.executable, "-c", code],
        env={
            **inherited,
            "DJANGO_SETTINGS_MODULE": "config.settings.production",
            "TROMBINE_DATA": str(tmp_path / "data"),
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_by_default_database_and_broker_are_the_embedded_ones(tmp_path: Path) -> None:
    seen = load(tmp_path, "s.DATABASES['default']['HOST'], s.CELERY_BROKER_URL")
    assert str(tmp_path / "data" / "run") in seen.stdout or "trombine-" in seen.stdout
    assert "redis+socket://" in seen.stdout


def test_the_environment_names_others(tmp_path: Path) -> None:
    seen = load(
        tmp_path,
        "s.DATABASES['default']['HOST'], s.CELERY_BROKER_URL, s.CACHES['default']['LOCATION']",
        DATABASE_URL="postgres://me:secret@db.example/trombine",
        BROKER_URL="valkey://queue.example/2",
    )
    assert seen.stdout.strip() == "db.example redis://queue.example/2 redis://queue.example/2"


def test_the_secret_key_is_made_once_for_this_user_alone(tmp_path: Path) -> None:
    first, second = (load(tmp_path, "s.SECRET_KEY").stdout.strip() for _ in range(2))
    assert len(first) > 50
    assert first == second
    assert (tmp_path / "data" / "secret_key").stat().st_mode & 0o077 == 0


def test_the_log_level_is_configurable(tmp_path: Path) -> None:
    for configured, level in (({}, "INFO"), ({"TROMBINE_LOG_LEVEL": "WARNING"}, "WARNING")):
        seen = load(tmp_path, "s.LOGGING['loggers']['faces']['level']", **configured)
        assert seen.stdout.strip() == level


@pytest.mark.parametrize(
    ("variable", "value", "legal"),
    [
        ("TROMBINE_LOG_LEVEL", "loud", "DEBUG, INFO, WARNING, ERROR"),
        ("TROMBINE_DETECTOR", "best", "retinaface_mobilenet, yunet"),
        ("TROMBINE_DETECTION_SIDE", "12", "from 160 to 4096"),
        ("TROMBINE_HTTPS", "perhaps", "true"),
        ("BROKER_URL", "amqp://queue.example", "CACHE_URL"),
    ],
)
def test_a_wrong_value_stops_the_start_with_its_name(
    tmp_path: Path, variable: str, value: str, legal: str
) -> None:
    seen = load(tmp_path, "s.DEBUG", **{variable: value})
    assert seen.returncode != 0
    assert variable in seen.stderr
    assert legal in seen.stderr


def test_the_public_address_sets_host_origin_prefix_and_cookies(tmp_path: Path) -> None:
    seen = load(
        tmp_path,
        "s.FORCE_SCRIPT_NAME, s.STATIC_URL, s.CSRF_COOKIE_PATH, s.CSRF_TRUSTED_ORIGINS, s.ALLOWED_HOSTS[-1]",
        TROMBINE_PUBLIC_URL="https://example.org:8443/photos/",
        TROMBINE_TRUSTED_ORIGINS="https://other.example",
    )
    assert seen.stdout.split() == [
        *("/photos", "/photos/static/", "/photos/"),
        *("['https://example.org:8443',", "'https://other.example']", "example.org"),
    ]
