"""Faces with pictures, which questions need."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User

from faces.models import Face, Person
from faces.services.reviewing.evidence import Question
from faces.services.reviewing.queue import questions
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


def open_questions(owner: User, limit: int = 50) -> list[Question]:
    """The first questions of the queue."""
    return list(questions(owner=owner, limit=limit).questions)


def group(world: World, who: int, count: int, name: str = "") -> Person:
    """A person of `count` near faces, each in a photo of its own."""
    return world.person(*(world.photo(who)[0] for _ in range(count)), name=name)
