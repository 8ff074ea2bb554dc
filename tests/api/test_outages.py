"""Every address without the database, and every address without the broker and the cache."""

from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from celery import current_app
from celery.signals import before_task_publish
from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signals import request_finished
from django.db import connection, connections
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from pytest_django import DjangoDbBlocker, Settings

from albums.models import Image
from config.outages import OutageFilter
from config.resuming import Resuming
from tests.drawing import photo

VALUES = {
    "int": "1",
    "str": "x",
    "slug": "x",
    "uuid": "8c2bf2c6-59a6-4dd5-9d54-4ed0a4a5a4a4",
    "path": "x",
}
# They ask no database: health, texts, the icon, the documentation of the API, the files of the installed app.
WITHOUT_QUERIES = (
    "/healthz", "/readyz", "/metrics", "/texts.js", "/favicon.ico", "/api/v1/schema", "/api/v1/docs",
    "/admin/jsi18n", "/admin/r/", "/settings/deleted/", "/manifest.json", "/service-worker.js", "/offline/",
)  # fmt: skip
# Their figures come from the cache or the broker, or something is sent to it.
WITH_BROKER_OR_CACHE = (
    "/", "/people/", "/progress/", "/settings/storage/", "/settings/jobs/", "/studio/", "/studio/how-sure/",
    "/metrics", "/api/v1/me/storage/", "/api/v1/jobs/", "/api/v1/images/",
)  # fmt: skip


def addresses(patterns: list[Any] | None = None, before: str = "/") -> Iterator[str]:
    """Yield an address for each path of the urlconf."""
    for one in get_resolver().url_patterns if patterns is None else patterns:
        path = before + str(one.pattern).removeprefix("^").removesuffix("$").removesuffix(r"\Z")
        if isinstance(one, URLResolver):
            yield from addresses(one.url_patterns, path)
        elif isinstance(one, URLPattern) and "(" not in path:
            for name, converter in one.pattern.converters.items():
                kind = type(converter).__name__.removesuffix("Converter").lower()
                path = path.replace(f"<{kind}:{name}>", VALUES.get(kind, "x")).replace(f"<{name}>", "x")
            yield path


@pytest.fixture
def database_away(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path: Path
) -> Iterator[Client]:
    """A client with a session, while no server listens where the database was."""
    host = connection.settings_dict["HOST"]
    with django_db_blocker.unblock():
        connection.close()
        connection.settings_dict["HOST"] = str(tmp_path)
        client = Client(raise_request_exception=False)
        client.cookies[settings.SESSION_COOKIE_NAME] = "x" * 32
        yield client
        connection.settings_dict["HOST"] = host
        connection.close()


@pytest.fixture
def broker_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    """No server listens where the broker and the cache were."""
    socket = f"{tmp_path}/none.sock"
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": f"unix://{socket}"}}
    monkeypatch.setattr(current_app.conf, "broker_url", f"redis+socket://{socket}")
    monkeypatch.setattr(current_app.amqp, "_producer_pool", None)
    monkeypatch.setattr(current_app, "_pool", None)


def test_without_the_database_every_address_answers_503_and_when_to_try_again(
    database_away: Client, caplog: pytest.LogCaptureFixture
) -> None:
    for address in addresses():
        if address.startswith(WITHOUT_QUERIES):
            continue
        answer = database_away.get(address)
        assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE, address
        assert 0 < int(answer.headers["Retry-After"]) <= 60
        if address.startswith("/api/"):
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert answer.json()["code"] == "database_unavailable"
        else:
            assert "database is not available" in answer.content.decode()
    errors = [record for record in caplog.records if record.levelname == "ERROR" and record.exc_info]
    assert not [record for record in errors if record.name != "django.request"]
    assert not [record for record in errors if OutageFilter().filter(record)]


def test_the_page_reloads_by_itself_unless_something_was_sent(database_away: Client) -> None:
    assert "js/reload.js" in database_away.get("/people/").content.decode()
    sent = database_away.post("/sign-in/", {"username": "ada", "password": "x"})
    assert sent.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert "js/reload.js" not in sent.content.decode()


def test_the_page_is_in_the_language_of_the_browser(database_away: Client) -> None:
    page = database_away.get("/people/", headers={"Accept-Language": "fr"}).content.decode()
    assert '<html lang="fr">' in page


def test_the_server_is_alive_without_the_database(database_away: Client) -> None:
    assert database_away.get("/healthz").status_code == HTTPStatus.OK
    ready = database_away.get("/readyz")
    assert ready.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert ready.json()["checks"]["database"]["ok"] is False


@pytest.mark.django_db(transaction=True)
def test_a_lost_connection_is_replaced_at_the_next_request(signed_in: Client) -> None:
    signed_in.raise_request_exception = False
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        lost = cursor.fetchone()[0]
    fresh = connections["default"].copy()
    with fresh.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [lost])
    fresh.close()
    assert signed_in.get("/api/v1/me/").status_code == HTTPStatus.SERVICE_UNAVAILABLE
    request_finished.send(sender=None)  # the test client leaves connections open
    assert signed_in.get("/api/v1/me/").status_code == HTTPStatus.OK


@pytest.mark.usefixtures("broker_away")
def test_without_the_broker_pages_and_api_answer(signed_in: Client, caplog: pytest.LogCaptureFixture) -> None:
    signed_in.raise_request_exception = False
    answers = {address: signed_in.get(address).status_code for address in WITH_BROKER_OR_CACHE}
    assert answers == dict.fromkeys(WITH_BROKER_OR_CACHE, HTTPStatus.OK)
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


@pytest.mark.usefixtures("broker_away")
@pytest.mark.django_db(transaction=True)
def test_without_the_broker_photos_are_taken_and_wait(signed_in: Client, owner: User) -> None:
    answers = [
        signed_in.post(
            "/api/v1/images/upload/",
            {"file": SimpleUploadedFile("a.jpg", photo(1))},
            headers={"Idempotency-Key": "once"},
        )
        for _ in range(2)
    ]
    assert [one.status_code for one in answers] == [HTTPStatus.OK] * 2
    assert answers[1].headers["Idempotent-Replayed"] == "true"
    image = Image.objects.get(owner=owner)
    assert (image.state, image.queued_at) == (Image.State.STORED, None)


@pytest.mark.usefixtures("broker_away")
def test_without_the_broker_limits_hold(signed_in: Client, settings: Settings) -> None:
    settings.API_RATES = settings.API_RATES | {"read": "2/min"}
    answers = [signed_in.get("/api/v1/me/") for _ in range(3)]
    assert [one.status_code for one in answers] == [
        HTTPStatus.OK,
        HTTPStatus.OK,
        HTTPStatus.TOO_MANY_REQUESTS,
    ]


@pytest.mark.usefixtures("broker_away")
def test_what_only_a_task_can_do_is_refused_without_the_broker(signed_in: Client) -> None:
    signed_in.raise_request_exception = False
    answer = signed_in.post("/api/v1/runs/", {}, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (503, "broker_unavailable")
    assert answer.headers["Retry-After"]


def test_unfinished_work_is_looked_for_at_each_connection_of_a_worker() -> None:
    sent: list[str] = []

    def note(sender: str, **_kwargs: object) -> None:
        sent.append(sender)

    before_task_publish.connect(note)
    try:
        Resuming(None).start(SimpleNamespace(hostname="worker"))
    finally:
        before_task_publish.disconnect(note)
        current_app.control.purge()
    names = ("resume_reading", "resume_unpacking", "expire_bin")
    expected = {f"albums.tasks.{name}" for name in names}
    assert {*expected, "albums.job_tasks.resume_jobs", "faces.tasks.resume_scanning"} <= set(sent)
