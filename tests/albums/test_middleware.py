"""albums.middleware: responses to htmx requests that end at another page."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/people/?page=2"}


@pytest.mark.parametrize(("method", "path"), [("get", "/progress/"), ("get", "/"), ("post", "/people/1/")])
def test_after_the_session_expires_htmx_redirects_to_the_sign_in_page_and_back(
    client: Client, ada: User, method: str, path: str
) -> None:
    response = getattr(client, method)(path, headers=HTMX)
    assert (response.status_code, response.content) == (204, b"")
    assert response.headers["HX-Redirect"] == "/sign-in/?next=%2Fpeople%2F%3Fpage%3D2"


def test_signing_in_does_not_return_to_another_site(client: Client, ada: User) -> None:
    elsewhere = {**HTMX, "HX-Current-URL": "https://example.org/people/"}
    response = client.get("/progress/", headers=elsewhere)
    assert response.headers["HX-Redirect"] == "/sign-in/?next=%2F"


@pytest.mark.django_db
def test_while_there_is_no_account_htmx_redirects_to_the_welcome_page(client: Client) -> None:
    response = client.get("/progress/", headers=HTMX)
    assert (response.status_code, response.headers["HX-Redirect"]) == (204, "/welcome/")


def test_a_plain_request_is_redirected_as_usual(client: Client, ada: User) -> None:
    response = client.get("/progress/")
    assert (response.status_code, response.headers["Location"]) == (302, "/sign-in/?next=/progress/")
