"""albums.http.request_limits: malformed requests are refused in one way, before anything of them is used."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client

from albums.http.request_limits import MAX_INTEGER, MAX_JSON_PARTS, MalformedRequest, json_check

Sent = Callable[[Client], Any]
HUGE = 2**63


def posted(path: str, body: str | bytes, content_type: str = "application/json") -> Sent:
    return lambda client: client.generic("POST", path, body, content_type)


def got(path: str, **options: Any) -> Sent:
    return lambda client: client.get(path, **options)


FORM = "application/x-www-form-urlencoded"
REFUSED: dict[str, tuple[Sent, str]] = {
    "NUL in JSON": (posted("/api/v1/albums/", '{"name": "a\\u0000"}'), "invalid_characters"),
    "half a pair in JSON": (posted("/api/v1/albums/", '{"name": "\\ud800"}'), "invalid_characters"),
    "half a pair as a name": (posted("/api/v1/albums/", '{"\\udc00": 1}'), "invalid_characters"),
    "a number beyond a double": (
        posted("/api/v1/faces/confirm/", '{"faces": [1e400]}'),
        "number_out_of_range",
    ),
    "a number beyond a row": (
        posted("/api/v1/faces/confirm/", f'{{"faces": [{HUGE}]}}'),
        "number_out_of_range",
    ),
    "not a number": (posted("/api/v1/faces/confirm/", '{"faces": [NaN]}'), "number_out_of_range"),
    "infinity": (posted("/api/v1/faces/confirm/", '{"faces": [-Infinity]}'), "number_out_of_range"),
    "a long list": (
        posted("/api/v1/faces/confirm/", f'{{"faces": [{"1," * MAX_JSON_PARTS}1]}}'),
        "too_many_values",
    ),
    "any type": (posted("/api/v1/albums/", "[" * 100_000, "*/*"), "invalid_content_type"),
    "no encoding": (
        posted("/api/v1/albums/", "{}", "application/json; charset=rot13"),
        "unsupported_charset",
    ),
    "escapes in a form": (
        posted("/albums/", b"name=\\ud800", f"{FORM}; charset=unicode_escape"),
        "unsupported_charset",
    ),
    "NUL in a form": (posted("/albums/", b"name=a%00", FORM), "invalid_characters"),
    "NUL in a name of a form": (posted("/albums/", b"%00=a", FORM), "invalid_characters"),
    "NUL in a query": (got("/search/?q=%00"), "invalid_characters"),
    "NUL in a query of the API": (got("/api/v1/images/?cursor=%00"), "invalid_characters"),
    "NUL in an address": (got("/studio/jobs/1/files/%00"), "invalid_characters"),
    "NUL in an address of static files": (got("/static/%00"), "invalid_characters"),
    "many fields": (posted("/albums/", b"&".join([b"a=1"] * 2_000), FORM), "too_many_fields"),
    "many fields of a query": (got("/search/?" + "&".join(["a=1"] * 2_000)), "too_many_fields"),
    "another host": (got("/api/v1/images/", headers={"Host": "example.org"}), "unknown_host"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_malformed_request_is_refused_with_a_code_and_a_sentence(
    client: Client, owner: User, name: str
) -> None:
    client.force_login(owner)
    client.defaults["HTTP_ACCEPT"] = "application/json"
    send, code = REFUSED[name]
    answer = send(client)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert len(str(answer.json().get("detail") or answer.json()["errors"])) > 20


def test_a_page_shows_the_sentence_in_the_language_of_its_reader(client: Client, owner: User) -> None:
    client.force_login(owner)
    answer = client.get("/search/?q=%00", headers={"Accept-Language": "fr"})
    assert answer.status_code == 400
    assert b'<html lang="fr"' in answer.content
    assert b"NUL" in answer.content


@pytest.mark.parametrize("depth", [21, 100_000])
def test_deep_json_is_refused_before_it_is_parsed(depth: int) -> None:
    for body in (b"[" * depth, b'{"a":' * depth):
        with pytest.raises(MalformedRequest) as refused:
            json_check(body)
        assert refused.value.code == "too_deep"


@pytest.mark.parametrize(
    "value",
    [
        {"name": "[" * 1_000 + '\\"' + "{" * 1_000},
        {"name": "\\u0000 and \\ud800 written out, and 😀"},
        {"ids": list(range(10_000))},
        [MAX_INTEGER, -MAX_INTEGER - 1, 1e308, 0.1],
    ],
)
def test_json_within_the_limits_is_not_refused(value: Any) -> None:
    for ensure_ascii in (True, False):
        json_check(json.dumps(value, ensure_ascii=ensure_ascii).encode())


@pytest.mark.parametrize("path", ["/photos/{}/", "/api/v1/images/{}/", "/albums/{}/links/1/"])
def test_a_number_that_no_row_can_have_is_not_found(client: Client, owner: User, path: str) -> None:
    client.force_login(owner)
    for number in (HUGE, 10**4_000):
        assert client.get(path.format(number)).status_code == 404


@pytest.mark.parametrize("address", ["http://[", "http%3A//[", "//x]"])
def test_an_unreadable_page_of_a_request_by_htmx_is_ignored(client: Client, ada: User, address: str) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": address, "HX-Current-URL-URI-AutoEncoded": "true"}
    response = client.get("/progress/", headers=headers)
    assert response.status_code == 401


def test_a_cookie_that_nothing_can_store_is_ignored(client: Client, ada: User) -> None:
    for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME):
        answer = client.get("/sign-in/", headers={"Cookie": f'{name}="\\000"'})
        assert answer.status_code == 200, name
