"""The first account and one-time links."""

from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import User, update_last_login
from django.contrib.auth.tokens import PasswordResetTokenGenerator

from albums.services.accounts import accounts

pytestmark = pytest.mark.django_db


def test_the_first_account_may_do_everything_and_has_no_password() -> None:
    assert not accounts.accounts_exist()
    owner = accounts.owner_create_first()
    assert owner.username == "owner"
    assert owner.is_superuser
    assert not owner.has_usable_password()
    assert accounts.accounts_exist()


def test_there_is_only_one_first_account() -> None:
    accounts.owner_create_first()
    with pytest.raises(accounts.AccountExists):
        accounts.owner_create_first(username="somebody")
    assert User.objects.count() == 1


def test_a_link_signs_in_until_the_first_sign_in() -> None:
    owner = accounts.owner_create_first()
    token = accounts.one_time_token(owner)
    assert accounts.user_for_one_time_token(token) == owner
    update_last_login(User, owner)
    assert accounts.user_for_one_time_token(token) is None


def test_a_new_password_or_a_deactivated_account_invalidates_a_link() -> None:
    owner = accounts.owner_create_first()
    token = accounts.one_time_token(owner)
    User.objects.update(is_active=False)
    assert accounts.user_for_one_time_token(token) is None
    User.objects.update(is_active=True)
    assert accounts.user_for_one_time_token(token) == owner
    owner.set_password("a new password")
    owner.save()
    assert accounts.user_for_one_time_token(token) is None


def test_a_link_expires_after_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    owner = accounts.owner_create_first()
    token = accounts.one_time_token(owner)
    now = datetime.now()  # noqa: DTZ005 - Django's generator compares with it
    monkeypatch.setattr(PasswordResetTokenGenerator, "_now", lambda _self: now + timedelta(hours=25))
    assert accounts.user_for_one_time_token(token) is None


@pytest.mark.parametrize("token", ["", ".", "1", "1.x-y", "zzzzzzzzzzzzzzzzz.a-b", "-1.a", "é.ü"])
def test_an_invalid_token_signs_no_one_in(token: str) -> None:
    accounts.owner_create_first()
    assert accounts.user_for_one_time_token(token) is None


def test_a_link_signs_in_its_own_account() -> None:
    owner = accounts.owner_create_first()
    other = User.objects.create_user("other")
    secret = accounts.one_time_token(owner).partition(".")[2]
    stolen = accounts.one_time_token(other).partition(".")[0] + "." + secret
    assert accounts.user_for_one_time_token(stolen) is None
