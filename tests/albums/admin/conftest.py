"""Accounts and a browser for the tests of the administration."""

import pytest
from django.contrib.auth.models import User
from django.test import Client


@pytest.fixture
def operator(db: None) -> User:
    """An administrator."""
    return User.objects.create_superuser("op")


@pytest.fixture
def keeper(db: None) -> User:
    """An operator who cannot change accounts."""
    return User.objects.create_user("keeper", is_staff=True)


@pytest.fixture
def ada(db: None) -> User:
    return User.objects.create_user("ada", password="a long pass phrase")


@pytest.fixture
def visitor(client: Client, operator: User) -> Client:
    """A browser with a signed-in administrator."""
    client.force_login(operator)
    return client
