"""The account that a command works on."""

import pytest
from django.contrib.auth.models import User

from albums.management.accounts import find_account
from config.commands.reporting import CommandFailure


def test_the_only_account_owns_the_photos_and_several_require_a_name(ada: User) -> None:
    assert find_account(None) == ada
    grace = User.objects.create_user("grace")
    assert find_account("grace") == grace
    with pytest.raises(CommandFailure, match=r"--owner NAME\. Accounts: ada, grace"):
        find_account(None)
    with pytest.raises(CommandFailure, match=r"no account named 'alan'\. Accounts: ada, grace"):
        find_account("alan")


@pytest.mark.django_db
def test_without_an_account_nothing_is_imported() -> None:
    with pytest.raises(CommandFailure, match="no account yet"):
        find_account(None)
