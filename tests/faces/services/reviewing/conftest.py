"""Faces with pictures, which questions need."""

from __future__ import annotations

from typing import Any

import pytest

from faces.models import Face
from tests.faces.services.conftest import World


@pytest.fixture
def crops(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give every face a picture: those without are no questions."""
    plain = world.face

    def with_crop(*args: Any, **kwargs: Any) -> Face:
        face = plain(*args, **kwargs)
        Face.objects.filter(pk=face.pk).update(crop="faces/none.jpg")
        return face

    monkeypatch.setattr(world, "face", with_crop)
