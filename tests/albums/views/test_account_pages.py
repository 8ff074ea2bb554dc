"""The first account, sign-in and one-time links."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from albums.services.accounts.accounts import one_time_token, owner_create_first

PASSWORD = "correct horse battery"
NEW = {"username": "ada", "password1": PASSWORD, "password2": PASSWORD}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/", "/people/", "/albums/", "/upload/", "/sign-in/", "/admin/", "/photos/1/"]
)
def test_every_page_redirects_to_the_welcome_page_while_there_is_no_account(
    client: Client, path: str
) -> None:
    response = client.get(path)
    assert response.status_code == 302
    assert response.headers["Location"] == "/welcome/"


@pytest.mark.django_db
def test_the_health_page_answers_without_an_account(client: Client) -> None:
    assert client.get("/healthz").status_code == 200


@pytest.mark.django_db
def test_the_welcome_page_creates_the_first_account_and_signs_in(client: Client) -> None:
    assert b"Create account" in client.get("/welcome/").content
    response = client.post("/welcome/", NEW, follow=True)
    assert response.redirect_chain == [("/", 302)]
    owner = User.objects.get()
    assert owner.is_superuser
    assert owner.check_password(PASSWORD)
    assert b"Add your photos" in response.content


@pytest.mark.django_db
def test_the_first_account_can_be_created_only_once(client: Client) -> None:
    owner_create_first(username="ada", password=PASSWORD)
    assert client.get("/welcome/").status_code == 302
    assert client.post("/welcome/", {**NEW, "username": "eve"}).status_code == 302
    assert User.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"username": ""}, "This field is required"),
        ({"password1": "1234", "password2": "1234"}, "too short"),
        ({"password2": "something else"}, "two password fields"),
        ({"username": "correct horse", "password1": PASSWORD}, "valid username"),
    ],
)
def test_a_bad_first_account_is_explained_beside_the_field(
    client: Client, change: dict[str, str], message: str
) -> None:
    response = client.post("/welcome/", {**NEW, **change})
    assert message in response.content.decode()
    assert not User.objects.exists()


@pytest.mark.django_db
def test_with_a_setup_token_the_first_account_needs_it(client: Client, settings: Settings) -> None:
    settings.SETUP_TOKEN = "very-secret"
    assert client.get("/welcome/").status_code == 403
    assert client.post("/welcome/?token=wrong", NEW).status_code == 403
    assert not User.objects.exists()
    assert client.post("/welcome/?token=very-secret", NEW).status_code == 302
    assert User.objects.count() == 1


def test_signing_in_redirects_to_the_requested_page(client: Client, owner: User) -> None:
    assert client.get("/people/").headers["Location"] == "/sign-in/?next=/people/"
    data = {"username": "ada", "password": "a long pass phrase", "next": "/people/"}
    assert client.post("/sign-in/", data).headers["Location"] == "/people/"


def test_signing_in_never_redirects_to_another_site(client: Client, owner: User) -> None:
    data = {"username": "ada", "password": "a long pass phrase", "next": "https://example.org/"}
    assert client.post("/sign-in/", data).headers["Location"] == "/"


def test_a_wrong_password_is_explained_and_the_name_stays_filled_in(client: Client, owner: User) -> None:
    response = client.post("/sign-in/", {"username": "ada", "password": "wrong"})
    assert "Wrong name or password" in response.content.decode()
    assert b'value="ada"' in response.content


def test_signing_out_requires_a_post(signed_in: Client) -> None:
    assert signed_in.get("/sign-out/").status_code == 405
    assert signed_in.post("/sign-out/").status_code == 302
    assert "_auth_user_id" not in signed_in.session


@pytest.mark.django_db
def test_a_one_time_link_signs_in_once_and_only_by_the_button(client: Client) -> None:
    owner = owner_create_first()
    address = f"/sign-in/once/{one_time_token(owner)}/"
    assert client.get(address).status_code == 200
    assert "_auth_user_id" not in client.session
    assert client.post(address).headers["Location"] == "/account/"
    assert client.session["_auth_user_id"] == str(owner.pk)
    gone = Client().get(address)
    assert gone.status_code == 410
    assert "new link" in gone.content.decode()
    assert Client().post(address).status_code == 410


@pytest.mark.django_db
@pytest.mark.parametrize("token", ["x", "1.2", "zz.abc-def", "1." + "a" * 300])
def test_an_invalid_link_explains_how_to_get_a_valid_one(client: Client, token: str) -> None:
    owner_create_first()
    assert client.get(f"/sign-in/once/{token}/").status_code == 410


@pytest.mark.django_db
def test_after_a_one_time_link_name_and_password_can_be_set_or_skipped(client: Client) -> None:
    owner = owner_create_first()
    client.post(f"/sign-in/once/{one_time_token(owner)}/")
    page = client.get("/account/").content.decode()
    assert "Later" in page
    assert "Current password" not in page
    assert client.post("/account/", NEW).headers["Location"] == "/"
    owner.refresh_from_db()
    assert owner.username == "ada"
    assert owner.check_password(PASSWORD)
    assert client.get("/").status_code == 200


def test_an_account_with_a_password_changes_it_in_the_settings(signed_in: Client) -> None:
    assert signed_in.get("/account/").headers["Location"] == "/settings/account/"


def test_every_page_carries_the_content_security_policy(signed_in: Client) -> None:
    policy = signed_in.get("/").headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-inline" not in policy


def test_an_unknown_url_has_its_own_page(signed_in: Client) -> None:
    response = signed_in.get("/no/such/page/")
    assert response.status_code == 404
    assert b"Page not found" in response.content


def test_a_form_without_its_token_is_explained(owner: User) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post("/sign-in/", {"username": "ada", "password": "a long pass phrase"})
    assert response.status_code == 403
    assert b"Please try again" in response.content
