"""Accounts, and models whose answers are known."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User

from faces import runtime
from tests.faces.coloured import ColourDetector, ColourEmbedder


@pytest.fixture
def ada(db: None) -> User:
    return User.objects.create_user("ada")


@pytest.fixture
def grace(db: None) -> User:
    return User.objects.create_user("grace")


@pytest.fixture
def detector(monkeypatch: pytest.MonkeyPatch) -> Iterator[ColourDetector]:
    """The detector that this process uses, in place of the configured one; so is the embedder."""
    made = ColourDetector()
    monkeypatch.setattr(runtime, "open_detector", lambda _wanted: made)
    monkeypatch.setattr(runtime, "open_embedder", lambda _wanted: ColourEmbedder())
    runtime.reset()
    yield made
    runtime.reset()
