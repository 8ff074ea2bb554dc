"""Who looks after the server, and who only has photos there."""

import pytest
from django.contrib.auth.models import User
from django.test import Client


@pytest.fixture
def operator(db: None) -> User:
    """Administrator."""
    return User.objects.create_superuser("op")


@pytest.fixture
def keeper(db: None) -> User:
    """Operator, and may not change accounts."""
    return User.objects.create_user("keeper", is_staff=True)


@pytest.fixture
def ada(db: None) -> User:
    return User.objects.create_user("ada", password="a long pass phrase")


@pytest.fixture
def visitor(client: Client, operator: User) -> Client:
    """A browser in which who runs the place is signed in."""
    client.force_login(operator)
    return client
