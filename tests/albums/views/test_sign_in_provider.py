"""Sign-in by the provider of a household (OpenID Connect)."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from tests.albums.sign_in_provider import CLIENT, Provider, running_provider, state_of


@pytest.fixture
def provider(settings: Settings) -> Iterator[Provider]:
    with running_provider() as provider:
        app = {
            "provider_id": "household",
            "name": "Family",
            "client_id": CLIENT,
            "secret": "s",
            "settings": {"server_url": provider.url},
        }
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
        yield provider


def sign_in(client: Client, process: str = "login") -> Any:
    """Go to the provider, which sends the browser back."""
    address = reverse("openid_connect_login", args=["household"]) + f"?process={process}"
    there = client.get(address)
    assert there.status_code == HTTPStatus.FOUND, there.content
    callback = reverse("openid_connect_callback", args=["household"])
    return client.get(callback, {"code": "one", "state": state_of(there.headers["Location"])}, follow=True)


def connect(client: Client, owner: User) -> None:
    client.force_login(owner)
    assert sign_in(client, "connect").status_code == HTTPStatus.OK
    assert owner.socialaccount_set.count() == 1  # type: ignore[attr-defined]  # of allauth


@pytest.mark.django_db
def test_a_connected_account_is_signed_in(client: Client, owner: User, provider: Provider) -> None:
    connect(client, owner)
    visitor = Client()
    assert "Sign in with Family" in visitor.get("/sign-in/").content.decode()
    sign_in(visitor)
    assert visitor.session["_auth_user_id"] == str(owner.pk)


@pytest.mark.django_db
def test_a_person_without_an_account_learns_what_to_do(
    client: Client, owner: User, provider: Provider
) -> None:
    page = sign_in(client)
    assert "account/signup_closed.html" in {template.name for template in page.templates}
    assert "No account here yet" in page.content.decode()
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_the_administrator_may_let_everybody_of_the_provider_in(
    client: Client, owner: User, provider: Provider, settings: Settings
) -> None:
    settings.OIDC_SIGN_UP = True
    sign_in(client)
    created = User.objects.get(username="grace")
    assert client.session["_auth_user_id"] == str(created.pk)
    assert not created.is_staff
    assert not created.is_superuser
    assert not created.has_usable_password()


@pytest.mark.django_db
def test_an_account_of_the_same_name_is_not_taken_over(
    client: Client, owner: User, provider: Provider, settings: Settings
) -> None:
    settings.OIDC_SIGN_UP = True
    provider.username = "ada"
    sign_in(client)
    assert client.session.get("_auth_user_id") != str(owner.pk)
    assert owner.socialaccount_set.count() == 0  # type: ignore[attr-defined]  # of allauth


@pytest.mark.django_db
def test_an_answer_to_a_sign_in_that_was_not_begun_is_refused(
    client: Client, owner: User, provider: Provider
) -> None:
    callback = reverse("openid_connect_callback", args=["household"])
    client.get(callback, {"code": "one", "state": "forged"})
    assert "_auth_user_id" not in client.session


@pytest.mark.django_db
def test_a_provider_that_is_away_is_a_page_with_what_to_do(
    client: Client, owner: User, provider: Provider, settings: Settings
) -> None:
    app = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]
    app["settings"] = {"server_url": "http://127.0.0.1:9"}
    page = client.get(reverse("openid_connect_login", args=["household"]))
    assert page.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert "Try again, or sign in with your password." in page.content.decode()


@pytest.mark.django_db
def test_a_connection_is_removed(client: Client, owner: User, provider: Provider) -> None:
    connect(client, owner)
    account = owner.socialaccount_set.get()  # type: ignore[attr-defined]  # of allauth
    client.post(reverse("socialaccount_connections"), {"account": account.pk})
    assert owner.socialaccount_set.count() == 0  # type: ignore[attr-defined]  # of allauth


@pytest.mark.django_db
def test_the_provider_sends_browsers_back_to_the_public_address(
    client: Client, owner: User, provider: Provider, settings: Settings
) -> None:
    settings.PUBLIC_URL = "https://photos.example.org"
    there = client.get(reverse("openid_connect_login", args=["household"]))
    query = parse_qs(urlsplit(there.headers["Location"]).query)
    callback = reverse("openid_connect_callback", args=["household"])
    assert query["redirect_uri"] == [f"https://photos.example.org{callback}"]
