"""The link that lets a person in who has no password here: to the first account, or to sign in once."""

from django.contrib.auth.models import User

from albums.services.accounts.accounts import one_time_token


def first_account_link(url: str, *, setup_token: str) -> str:
    """Where the first account is made; the token is asked for when others can reach the page."""
    return f"{url}/welcome/{f'?token={setup_token}' if setup_token else ''}"


def sign_in_link(url: str, user: User) -> str:
    """Where `user` signs in, once and within a day."""
    return f"{url}/sign-in/once/{one_time_token(user)}/"


def entrance(url: str, *, owner: User | None, setup_token: str) -> str:
    """What to print for somebody who cannot sign in by a password yet; empty when they can.

    owner: whose photos were given; without one it is the first account that counts.
    """
    user = owner or User.objects.filter(is_active=True).order_by("pk").first()
    if user is None:
        return f"Make the first account:  {first_account_link(url, setup_token=setup_token)}"
    if user.has_usable_password():
        return ""
    return f"Sign in, once, as {user.username}:  {sign_in_link(url, user)}"
