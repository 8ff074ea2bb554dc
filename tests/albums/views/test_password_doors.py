"""Every door with a password has a brake, and none tells which names exist."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from albums.services.arranging.share_links import share_link_create
from albums.services.core.throttling import ADDRESS
from api.models import ApiToken
from api.tokens import token_create
from tests.rows import album_of

RIGHT = "a long pass phrase"
NEW = "correct horse battery"
Door = Callable[[Client, str], Any]
# Of the tokens of this process: other processes of the run share the cache, and clear it.
SECRETS: dict[int, str] = {}


@pytest.fixture(autouse=True)
def _no_other_limits() -> None:
    cache.clear()


class CountingHasher(MD5PasswordHasher):
    """Counts what takes the time of a sign-in."""

    encoded = 0

    def encode(self, password: str, salt: str) -> str:
        type(self).encoded += 1
        return super().encode(password, salt)


def sign_in(client: Client, password: str, name: str = "ada", **extra: Any) -> Any:
    return client.post("/sign-in/", {"username": name, "password": password}, **extra)


def administration(client: Client, password: str) -> Any:
    door = client.get("/admin/login/").headers["Location"]
    return client.post(door, {"username": "ada", "password": password})


def api(client: Client, path: str, data: dict[str, Any], **headers: str) -> Any:
    return client.post(f"/api/v1{path}", json.dumps(data), content_type="application/json", headers=headers)


def sign_in_api(client: Client, password: str) -> Any:
    return api(
        client, "/sign-in/", {"username": "ada", "password": password, "name": "x", "scopes": ["read"]}
    )


def bearer(**headers: str) -> dict[str, str]:
    ada = User.objects.get(username="ada")
    token = ApiToken.objects.first()
    if token is None:
        token, secret = token_create(user=ada, name="t", scopes=ApiToken.Scope.values, expires_at=None)
        SECRETS[token.pk] = secret
    return {"Authorization": f"Bearer {SECRETS[token.pk]}", **headers}


def change(client: Client, password: str) -> Any:
    client.force_login(User.objects.get(username="ada"))
    new = {"change": "password", "current_password": password, "password1": NEW, "password2": NEW}
    return client.post("/settings/account/", new)


def change_api(client: Client, password: str) -> Any:
    return api(client, "/me/password/", {"current": password, "password": NEW}, **bearer())


def change_api_with_a_key(client: Client, password: str) -> Any:
    headers = bearer(**{"Idempotency-Key": "always-the-same"})
    return api(client, "/me/password/", {"current": password, "password": NEW}, **headers)


def deletion(client: Client, password: str) -> Any:
    client.force_login(User.objects.get(username="ada"))
    return client.post("/settings/delete/", {"password": password})


def deletion_api(client: Client, password: str) -> Any:
    return api(client, "/me/delete/", {"password": password}, **bearer())


def deletion_api_with_a_key(client: Client, password: str) -> Any:
    headers = bearer(**{"Idempotency-Key": "another"})
    return api(client, "/me/delete/", {"password": password}, **headers)


def link(client: Client, password: str) -> Any:
    return client.post("/s/token/", {"password": password})


def link_api(client: Client, password: str) -> Any:
    return client.get("/api/v1/shared/token/", headers={"Share-Password": password})


PAGES: list[Door] = [sign_in, administration, change, deletion, link]
OPERATIONS: list[Door] = [
    *(sign_in_api, change_api, change_api_with_a_key, deletion_api, deletion_api_with_a_key, link_api),
]


@pytest.fixture
def ada(owner: User) -> User:
    made = share_link_create(album=album_of(owner), password=RIGHT)
    made.token = "token"
    made.save()
    return owner


@pytest.mark.parametrize("door", [*PAGES, *OPERATIONS])
def test_guesses_are_stopped_and_the_right_password_waits_as_well(
    client: Client, ada: User, door: Door
) -> None:
    for _ in range(ADDRESS.most):
        assert door(client, "a guess").status_code in {200, 400, 403}
    stopped = door(client, RIGHT)
    assert stopped.status_code == 429
    assert 25 <= int(stopped.headers["Retry-After"]) <= 30
    text = stopped.json()["detail"] if door in OPERATIONS else stopped.content.decode()
    assert re.search(r"Too many attempts\. Try again in \d\d seconds\.", text)
    ada.refresh_from_db()
    assert ada.check_password(RIGHT)


def test_a_guesser_who_changes_the_door_or_the_name_stays_stopped(client: Client, ada: User) -> None:
    for number in range(ADDRESS.most):
        sign_in(client, "a guess", name=f"name{number}")
    assert sign_in_api(client, RIGHT).status_code == 429
    assert link(client, RIGHT).status_code == 429
    assert deletion(client, RIGHT).status_code == 429


def test_behind_a_proxy_one_guesser_does_not_lock_out_others(
    client: Client, ada: User, settings: Settings
) -> None:
    settings.PROXIES = 1
    guesser, other = {"X-Forwarded-For": "203.0.113.5"}, {"X-Forwarded-For": "203.0.113.6"}
    for _ in range(ADDRESS.most):
        sign_in(client, "a guess", headers=guesser)
    assert sign_in(client, RIGHT, headers=guesser).status_code == 429
    # What the guesser writes into the header stands before what the proxy adds.
    made_up = {"X-Forwarded-For": "203.0.113.77, 203.0.113.5"}
    assert sign_in(client, RIGHT, headers=made_up).status_code == 429
    assert sign_in(client, RIGHT, headers=other).status_code == 302


def test_without_a_proxy_an_address_in_a_header_is_not_believed(client: Client, ada: User) -> None:
    for number in range(ADDRESS.most):
        sign_in(client, "a guess", headers={"X-Forwarded-For": f"203.0.113.{number}"})
    assert sign_in(client, RIGHT, headers={"X-Forwarded-For": "203.0.113.99"}).status_code == 429


def test_a_flood_of_right_passwords_is_no_guess(client: Client, ada: User) -> None:
    for _ in range(2 * ADDRESS.most):
        assert link_api(client, RIGHT).status_code == 200


@pytest.mark.parametrize("name", ["nobody", "closed", "by_link"])
def test_a_wrong_name_costs_the_same_work_and_has_the_same_words_as_a_wrong_password(
    client: Client, ada: User, settings: Settings, name: str
) -> None:
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    User.objects.create_user("closed", password=RIGHT, is_active=False)
    User.objects.create_user("by_link")
    answers = []
    for number, tried in enumerate(("ada", name)):
        CountingHasher.encoded = 0
        with CaptureQueriesContext(
            connection,
        ) as queries:
            answer = sign_in(client, "wrong", name=tried, REMOTE_ADDR=f"192.0.2.{number}")
        words = answer.content.decode().replace(f'value="{tried}"', "")
        words = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", words)
        answers.append((answer.status_code, words, CountingHasher.encoded, len(queries)))
    assert answers[0] == answers[1]
    assert answers[0][2] == 1


def test_an_unknown_name_is_stopped_as_a_known_one_is(client: Client, ada: User) -> None:
    for _ in range(ADDRESS.most):
        sign_in(client, "wrong", name="nobody", REMOTE_ADDR="192.0.2.1")
        sign_in(client, "wrong", name="ada", REMOTE_ADDR="192.0.2.2")
    unknown = sign_in(client, "wrong", name="nobody", REMOTE_ADDR="192.0.2.1")
    known = sign_in(client, "wrong", name="ada", REMOTE_ADDR="192.0.2.2")
    assert unknown.status_code == known.status_code == 429


def test_signing_out_clears_what_the_browser_cached(client: Client, ada: User) -> None:
    client.force_login(ada)
    assert client.post("/sign-out/").headers["Clear-Site-Data"] == '"cache"'
