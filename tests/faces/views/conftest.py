"""An account and a browser for the tests of pages."""

from collections.abc import Callable

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.test import Client

from faces.models import FaceEmbedding, FaceScan, Person
from tests.page_rows import face_row, stored_image

MakeGroup = Callable[..., Person]


@pytest.fixture
def owner(db: None) -> User:
    return User.objects.create_superuser("ada", password="a long pass phrase")


@pytest.fixture
def stranger(owner: User) -> User:
    return User.objects.create_user("eve", password="another pass phrase")


@pytest.fixture
def signed_in(client: Client, owner: User) -> Client:
    client.force_login(owner)
    return client


@pytest.fixture
def group(owner: User) -> MakeGroup:
    """Make a person whose faces look alike, each in a photo of its own."""
    count = iter(range(1000))

    def make(size: int, *, look: int = 1, name: str = "", waiting: bool = False) -> Person:
        person = Person.objects.create(owner=owner, name=name)
        for _ in range(size):
            image = stored_image(owner, number=next(count))
            face = face_row(image, person=None if waiting else person)
            FaceScan.objects.create(image=face.image, state=FaceScan.State.DONE)
            near = 0.2 * np.random.default_rng(face.pk).normal(size=128)
            vector = np.random.default_rng(look).normal(size=128) + near
            vector = (vector / np.linalg.norm(vector)).astype(np.float32)
            FaceEmbedding.objects.create(face=face, model="facenet128", vector=vector)
        return person

    return make
