"""An operator, and an account with photos."""

import pytest
from django.contrib.auth.models import User
from django.test import Client


@pytest.fixture
def operator(db: None) -> User:
    return User.objects.create_superuser("op")


@pytest.fixture
def visitor(client: Client, operator: User) -> Client:
    """A browser in which who runs the place is signed in."""
    client.force_login(operator)
    return client
