"""The second step of a sign-in: codes, recovery codes, and their limits; passkeys and providers as far as
they work without a device and a provider."""

import re
from http import HTTPStatus
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from albums.services.accounts.second_step import second_step_needed, second_step_remove

PASSWORD = "a long pass phrase"
SECRET = totp.generate_totp_secret()


def code_now(secret: str = SECRET) -> str:
    import time

    return str(totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30)))


@pytest.fixture
def with_app(owner: User) -> User:
    """An owner whose account needs a code of an app, with recovery codes."""
    totp.TOTP.activate(owner, SECRET)
    RecoveryCodes.activate(owner)
    return owner


def sign_in(client: Client, **extra: Any) -> Any:
    return client.post("/sign-in/", {"username": "ada", "password": PASSWORD}, **extra)


def is_signed_in(client: Client) -> bool:
    return client.get("/albums/").status_code == HTTPStatus.OK


@pytest.mark.django_db
def test_a_password_alone_signs_in_to_an_account_without_a_second_step(client: Client, owner: User) -> None:
    assert sign_in(client).headers["Location"] == "/"
    assert is_signed_in(client)


@pytest.mark.django_db
def test_the_code_of_the_app_is_the_second_step(client: Client, with_app: User) -> None:
    assert sign_in(client).headers["Location"] == reverse("mfa_authenticate")
    assert not is_signed_in(client)
    page = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert page.status_code == HTTPStatus.OK
    assert not is_signed_in(client)
    assert client.post(reverse("mfa_authenticate"), {"code": code_now()}).status_code == HTTPStatus.FOUND
    assert is_signed_in(client)


@pytest.mark.django_db
def test_a_script_is_led_to_the_second_step(client: Client, with_app: User) -> None:
    script = {"Accept": "application/json", "X-Requested-With": "XMLHttpRequest"}
    state = sign_in(client, headers=script).json()
    assert state == {"account": None, "next_step": reverse("mfa_authenticate")}
    client.post(reverse("mfa_authenticate"), {"code": code_now()})
    assert client.get("/sign-in/", headers=script).json()["account"] == with_app.pk


@pytest.mark.django_db
def test_after_the_second_step_the_requested_page_opens(client: Client, with_app: User) -> None:
    client.post("/sign-in/?next=/people/", {"username": "ada", "password": PASSWORD, "next": "/people/"})
    assert client.post(reverse("mfa_authenticate"), {"code": code_now()}).headers["Location"] == "/people/"


@pytest.mark.django_db
def test_a_recovery_code_works_once(client: Client, with_app: User) -> None:
    codes = Authenticator.objects.get(user=with_app, type="recovery_codes").wrap().get_unused_codes()
    sign_in(client)
    client.post(reverse("mfa_authenticate"), {"code": codes[0]})
    assert is_signed_in(client)
    other = Client()
    sign_in(other)
    other.post(reverse("mfa_authenticate"), {"code": codes[0]})
    assert not is_signed_in(other)


@pytest.mark.django_db
def test_codes_cannot_be_guessed_although_the_password_is_known(client: Client, with_app: User) -> None:
    for attempt in range(30):
        # The right password in between must not give new attempts at the code.
        sign_in(client)
        page = client.post(reverse("mfa_authenticate"), {"code": f"{attempt:06}"}).content.decode()
        if "Too many attempts" in page:
            break
    else:
        pytest.fail("30 wrong codes were checked")
    sign_in(client)
    client.post(reverse("mfa_authenticate"), {"code": code_now()})
    assert not is_signed_in(client)


@pytest.mark.django_db
def test_the_second_step_is_set_up_on_the_pages_and_turned_off_again(client: Client, owner: User) -> None:
    sign_in(client)
    confirm(client)
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    found = re.search(r"<code>([A-Z2-7]+)</code>", page)
    assert found
    response = client.post(reverse("mfa_activate_totp"), {"code": code_now(found[1])})
    assert response.headers["Location"] == reverse("mfa_view_recovery_codes")
    assert (
        len(re.findall(r"<code>\d{8}</code>", client.get(response.headers["Location"]).content.decode()))
        == 10
    )
    assert second_step_needed(owner)
    # The database has no readable secret.
    assert found[1] not in str(Authenticator.objects.get(type="totp").data)
    client.post(reverse("mfa_deactivate_totp"))
    assert not second_step_needed(owner)


def confirm(client: Client, password: str = PASSWORD) -> Any:
    address = client.get(reverse("mfa_activate_totp")).headers["Location"]
    assert address.startswith(reverse("account_reauthenticate"))
    return client.post(address, {"password": password})


@pytest.mark.django_db
def test_an_open_session_is_not_enough_to_change_the_second_step(client: Client, owner: User) -> None:
    client.force_login(owner)
    assert confirm(client, "wrong").status_code == HTTPStatus.OK
    assert client.get(reverse("mfa_activate_totp")).status_code == HTTPStatus.FOUND
    assert confirm(client).status_code == HTTPStatus.FOUND
    assert client.get(reverse("mfa_activate_totp")).status_code == HTTPStatus.OK


@pytest.mark.django_db
def test_the_password_cannot_be_guessed_at_the_confirmation(client: Client, owner: User) -> None:
    client.force_login(owner)
    answers = [confirm(client, f"wrong {attempt}").content.decode() for attempt in range(30)]
    assert any("Too many attempts" in answer for answer in answers)


@pytest.mark.django_db
def test_an_account_without_a_password_is_led_to_one_first(client: Client, owner: User) -> None:
    owner.set_unusable_password()
    owner.save()
    client.force_login(owner)
    page = client.get(reverse("mfa_index")).content.decode()
    assert reverse("albums:account") in page
    assert reverse("mfa_activate_totp") not in page


@pytest.mark.django_db
def test_the_api_needs_the_code_too(client: Client, with_app: User) -> None:
    def token(**more: str) -> Any:
        data = {"username": "ada", "password": PASSWORD, "name": "Phone", "scopes": ["read"], **more}
        return client.post("/api/v1/sign-in/", data, content_type="application/json")

    assert token().json()["code"] == "code_needed"
    assert token(code="000000").json()["code"] == "wrong_code"
    assert token(code=code_now()).status_code == HTTPStatus.CREATED


@pytest.mark.django_db
def test_a_lost_second_step_can_be_removed(client: Client, with_app: User) -> None:
    assert second_step_remove(with_app) == 1
    sign_in(client)
    assert is_signed_in(client)


@pytest.mark.django_db
def test_a_passkey_is_offered_with_a_challenge_for_each_sign_in(client: Client, owner: User) -> None:
    def challenge() -> str:
        response = client.get(reverse("mfa_login_webauthn"), headers={"Accept": "application/json"})
        return str(response.json()["request_options"]["publicKey"]["challenge"])

    assert challenge() != challenge()
    response = client.post(reverse("mfa_login_webauthn"), {"credential": "{}"})
    assert response.status_code == HTTPStatus.FOUND
    assert not is_signed_in(client)


@pytest.mark.django_db
def test_without_a_provider_none_is_offered(client: Client, owner: User) -> None:
    assert "Sign in with OpenID" not in client.get("/sign-in/").content.decode()
    assert client.get(reverse("openid_connect_login", args=["household"])).status_code == HTTPStatus.NOT_FOUND
