"""A refused form says why: an origin that is not trusted, hidden or forgotten, or a form that has expired."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

PAGE, API = "/settings/theme/", "/api/v1/albums/"
OWN = "http://testserver"


@pytest.fixture
def checked(owner: User) -> Client:
    """A browser that is signed in, and whose forms are checked as everywhere but in tests."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)
    return client


def token(client: Client) -> str:
    client.get("/settings/appearance/")
    return next(one.value for name, one in client.cookies.items() if "csrf" in name)


@pytest.mark.parametrize(
    ("origin", "code", "named"),
    [
        (f"{OWN}:8443", "origin_not_trusted", ["testserver:8443", OWN, "TROMBINE_TRUSTED_ORIGINS"]),
        ("https://testserver", "origin_not_trusted", ["https://testserver", "TROMBINE_PUBLIC_URL"]),
        ("null", "origin_hidden", ["Origin: null", "no-referrer"]),
    ],
)
def test_a_refused_origin_is_named_with_the_setting_that_allows_it(
    checked: Client, origin: str, code: str, named: list[str]
) -> None:
    sent = {"csrfmiddlewaretoken": token(checked), "theme": "dark"}
    page = checked.post(PAGE, sent, headers={"Origin": origin})
    script = checked.post(PAGE, sent, headers={"Origin": origin, "Accept": "application/json"})
    api = checked.post(API, {"name": "a"}, content_type="application/json", headers={"Origin": origin})
    assert {page.status_code, script.status_code, api.status_code} == {403}
    assert {script.json()["code"], api.json()["code"]} == {code}
    for part in named:
        assert part in page.content.decode()
        assert part in api.json()["detail"]


def test_a_trusted_origin_is_accepted(checked: Client, settings: Settings) -> None:
    settings.CSRF_TRUSTED_ORIGINS = [f"{OWN}:8443"]
    sent = {"csrfmiddlewaretoken": token(checked), "theme": "dark"}
    assert checked.post(PAGE, sent, headers={"Origin": f"{OWN}:8443"}).status_code == 302


def test_a_missing_cookie_and_an_expired_form_have_different_codes(checked: Client) -> None:
    headers = {"Accept": "application/json", "Origin": OWN}
    assert checked.post(PAGE, {}, headers=headers).json()["code"] == "cookie_missing"
    token(checked)
    expired = {"csrfmiddlewaretoken": "x" * 64}
    assert checked.post(PAGE, expired, headers=headers).json()["code"] == "form_expired"


def test_over_https_a_missing_referrer_is_named(checked: Client) -> None:
    sent = {"csrfmiddlewaretoken": token(checked), "theme": "dark"}
    answer = checked.post(PAGE, sent, secure=True, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (403, "origin_hidden")
