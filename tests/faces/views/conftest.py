"""An account and a browser for the tests of pages."""

from collections.abc import Callable
from functools import partial

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client

from faces.models import Person
from tests.rows import group_of

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
    # As on every page but the first: the device knows already how the account wants its pages.
    client.cookies[settings.THEME_COOKIE_NAME] = "system"
    return client


@pytest.fixture
def group(owner: User) -> MakeGroup:
    """Make a person whose faces look alike, each in a photo of its own."""
    return partial(group_of, owner)
