"""Accounts on the command line: the option --owner, and sign-in links."""

from django.contrib.auth.models import User
from django.core.management.base import CommandParser

from albums.services.accounts.accounts import one_time_token
from config.commands.reporting import usage_error


def add_owner_option(parser: CommandParser) -> None:
    """Add the option of all commands that work on one account."""
    parser.add_argument(
        "--owner", metavar="NAME", help="the owner of the photos; required with several accounts"
    )


def find_account(name: str | None, *, option: str = "--owner NAME") -> User:
    """Return the active account `name`, or without a name the only one. Raises CommandFailure."""
    accounts = User.objects.filter(is_active=True).order_by("pk")
    found = list(accounts.filter(username=name) if name else accounts[:2])
    if len(found) == 1:
        return found[0]
    names = ", ".join(accounts.values_list("username", flat=True)[:20])
    if not names:
        message = "There is no account yet: create the first one on the web page."
    elif name:
        message = f"There is no account named {name!r}. Accounts: {names}."
    else:
        message = f"There are several accounts: choose one with {option}. Accounts: {names}."
    raise usage_error(message, code="owner_unclear")


def first_account_link(url: str, *, setup_token: str) -> str:
    """Return the sign-up link for the first account."""
    return f"{url}/welcome/{f'?token={setup_token}' if setup_token else ''}"


def sign_in_link(url: str, user: User) -> str:
    """Return a link that signs `user` in once, within a day."""
    return f"{url}/sign-in/once/{one_time_token(user)}/"


def sign_in_hint(url: str, *, owner: User | None, setup_token: str) -> str:
    """Return a line with the link for `owner`, or the first account, if it has no password yet."""
    user = owner or User.objects.filter(is_active=True).order_by("pk").first()
    if user is None:
        return f"Create the first account:  {first_account_link(url, setup_token=setup_token)}"
    if user.has_usable_password():
        return ""
    return f"Sign in, once, as {user.username}:  {sign_in_link(url, user)}"
