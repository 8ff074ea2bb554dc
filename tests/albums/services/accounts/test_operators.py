"""Grants decide which accounts an operator can see."""

import pytest
from django.contrib.auth.models import User

from albums.services.accounts.operators import grant_of, grant_set, owners_seen, pictures_granted

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> User:
    return User.objects.create_user("owner")


@pytest.fixture
def operator() -> User:
    return User.objects.create_user("operator", is_staff=True)


def test_without_a_grant_an_operator_sees_nothing_of_others(owner: User, operator: User) -> None:
    assert not pictures_granted(owner_id=owner.pk, operator=operator)
    assert pictures_granted(owner_id=operator.pk, operator=operator)
    assert owners_seen(operator) == {operator.pk}


def test_a_grant_is_valid_until_it_is_withdrawn(owner: User, operator: User) -> None:
    grant_set(owner=owner, granted=True)
    grant_set(owner=owner, granted=True)
    assert grant_of(owner) is not None
    assert pictures_granted(owner_id=owner.pk, operator=operator)
    assert owners_seen(operator) == {owner.pk, operator.pk}
    grant_set(owner=owner, granted=False)
    assert not pictures_granted(owner_id=owner.pk, operator=operator)


def test_a_grant_applies_only_to_operators(owner: User, operator: User) -> None:
    grant_set(owner=owner, granted=True)
    neighbour = User.objects.create_user("neighbour")
    assert not pictures_granted(owner_id=owner.pk, operator=neighbour)
    operator.is_active = False
    assert owners_seen(operator) == set()
    assert owners_seen(neighbour) == set()
