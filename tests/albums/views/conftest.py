"""An account and a browser for the tests of pages."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.contrib.auth.models import User
from django.test import Client

from albums.views import resumable_uploads, uploads


@pytest.fixture
def owner(db: None) -> User:
    return User.objects.create_superuser("ada", password="a long pass phrase")


@pytest.fixture
def stranger(owner: User) -> User:
    return User.objects.create_user("eve", password="another pass phrase")


@pytest.fixture
def signed_in(client: Client, owner: User) -> Client:
    client.force_login(owner)
    # As on every page but the first: the device already has the preferences of the account.
    client.cookies[project.THEME_COOKIE_NAME] = "system"
    return client


@pytest.fixture
def upload_folder(tmp_path: Path, settings: Any) -> Path:
    """The folder of unfinished uploads."""
    settings.UPLOAD_FOLDER = tmp_path / "uploads"
    return tmp_path / "uploads"


@pytest.fixture
def enqueued(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The photos and zips that were enqueued."""
    ids: list[Any] = []
    for module in (uploads, resumable_uploads):
        monkeypatch.setattr(module, "enqueue_reading", ids.extend)
        monkeypatch.setattr(module, "enqueue_unpacking", ids.append)
    return ids
