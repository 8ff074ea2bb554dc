"""Record enqueued tasks instead of sending them."""

from typing import Any

import pytest
from django.core.cache import cache

from faces import tasks


@pytest.fixture(autouse=True)
def own_cache(settings: Any) -> None:
    """Processes of one run share the broker, and with it the cache."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[list[int]]:
    """The enqueued chunks."""
    chunks: list[list[int]] = []
    monkeypatch.setattr(tasks.scan_images, "delay", lambda ids: chunks.append(list(ids)))
    return chunks


@pytest.fixture(autouse=True)
def groupings(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, float]]:
    """The enqueued groupings: owner and delay."""
    groupings_enqueued: list[tuple[int, float]] = []

    def note(*, args: tuple[int], countdown: float) -> None:
        groupings_enqueued.append((args[0], countdown))

    monkeypatch.setattr(tasks.cluster_owner, "apply_async", note)
    return groupings_enqueued
