"""albums.middleware: responses to scripts without a session. All addresses: tests/test_signed_out.py."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/people/?page=2"}
JSON = {"Accept": "application/json"}


@pytest.mark.parametrize(("method", "path"), [("get", "/progress/"), ("get", "/"), ("post", "/people/1/")])
def test_after_the_session_expires_a_script_learns_it(
    client: Client, ada: User, method: str, path: str
) -> None:
    response = getattr(client, method)(path, headers=HTMX)
    assert (response.status_code, response.json()["code"]) == (401, "signed_out")
    assert response.headers["WWW-Authenticate"] == "Session"
    assert response.json()["errors"]["__all__"] == ["You are signed out. Sign in again."]


@pytest.mark.django_db
def test_while_there_is_no_account_a_script_learns_it(client: Client) -> None:
    response = client.get("/progress/", headers=HTMX)
    assert (response.status_code, response.json()["code"]) == (401, "no_account")


def test_a_plain_request_is_redirected_as_usual(client: Client, ada: User) -> None:
    response = client.get("/progress/")
    assert (response.status_code, response.headers["Location"]) == (302, "/sign-in/?next=/progress/")


def test_after_a_form_that_was_sent_too_late_its_page_follows_the_sign_in(client: Client, ada: User) -> None:
    page = {"Referer": "http://testserver/people/?page=2"}
    for sent, headers, goal in (
        ({}, page, "/people/%3Fpage%3D2"),
        ({"next": "/photos/4/"}, page, "/photos/4/"),
        ({}, {"Referer": "https://elsewhere.example/people/"}, "/"),
        ({}, {}, "/"),
    ):
        response = client.post("/download/selection/", sent, headers=headers)
        assert response.headers["Location"] == f"/sign-in/?next={goal}"
    client.force_login(ada)
    assert client.post("/sign-out/", headers=page).headers["Location"] == "/sign-in/"


def test_a_signed_out_script_learns_it_also_without_a_valid_token(ada: User) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post("/photos/selection/bin/", {"image": 1}, headers=JSON)
    assert (response.status_code, response.json()["code"]) == (401, "signed_out")
    # The page of a visitor without an account: there is nothing to sign in to.
    response = client.post("/s/token/lookalike/", headers=JSON)
    assert (response.status_code, response.json()["code"]) == (403, "cookie_missing")


def test_a_script_signs_in_and_gets_the_token_for_its_page(ada: User) -> None:
    client = Client(enforce_csrf_checks=True)
    state = client.get("/sign-in/", headers=JSON).json()
    assert state["account"] is None
    sent = {"username": "ada", "password": "wrong", "csrfmiddlewaretoken": state["token"]}
    refused = client.post("/sign-in/", sent, headers=JSON)
    assert refused.status_code == 400
    assert "Wrong name or password" in refused.json()["errors"]["__all__"][0]
    ada.set_password("a long pass phrase")
    ada.save()
    response = client.post("/sign-in/", sent | {"password": "a long pass phrase"}, headers=JSON)
    assert (response.status_code, response.json()["account"]) == (200, ada.pk)
    headers = JSON | {"X-CSRFToken": response.json()["token"]}
    assert client.post("/photos/selection/bin/", headers=headers).status_code == 400, "it is accepted"
    # In another tab meanwhile: the form is answered like the question.
    assert client.post("/sign-in/", sent, headers=headers).status_code == 403, "an old token stays invalid"
    assert client.get("/sign-in/", headers=JSON).json()["account"] == ada.pk
