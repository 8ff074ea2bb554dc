"""Format of log lines, their context, and removed secrets."""

import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.test import Client

from config.local_services import embedded, locations
from config.observability.log_format import formatter
from config.observability.scrubbing import scrub

Lines = Callable[[], list[dict[str, Any]]]


def record(text: str, *values: object, **more: Any) -> logging.LogRecord:
    made = logging.LogRecord("albums.tasks", logging.INFO, __file__, 1, text, values, None)
    vars(made).update(more)
    return made


def test_for_people_a_line_is_plain_text_with_its_values_behind_it() -> None:
    line = formatter(style="console").format(record("Image %s refused: %s", 7, "broken", status=200))
    assert line[10] == " "
    assert line[23:] == " INFO albums.tasks: Image 7 refused: broken status=200"


@pytest.mark.django_db
def test_a_request_has_one_line_with_its_id_and_without_its_address(client: Client, log_lines: Lines) -> None:
    ada = User.objects.create_superuser("ada")
    client.force_login(ada)
    answer = client.get("/photos/123456/?why=because")
    (line,) = (entry for entry in log_lines() if entry["event"] == "request")
    assert line["request_id"] == answer["X-Request-ID"]
    assert line["user"] == ada.pk
    assert (line["method"], line["route"], line["status"]) == ("GET", "albums:photo", 404)
    assert line["ms"] >= 0
    assert not any("123456" in str(entry) or "because" in str(entry) for entry in log_lines())


@pytest.mark.django_db
def test_a_secret_address_is_in_no_line_whatever_becomes_of_the_request(
    client: Client, log_lines: Lines
) -> None:
    strict = Client(enforce_csrf_checks=True)
    for ask in (
        lambda: client.get("/s/c0ffee-secret/"),
        lambda: client.get("/s/c0ffee-secret"),
        lambda: strict.post("/s/c0ffee-secret/", {"password": "guess"}),
        lambda: client.get("/sign-in/once/c0ffee-secret/"),
        lambda: client.get("/api/v1/shared/c0ffee-secret/"),
        lambda: client.get("/welcome/?token=c0ffee-secret"),
        lambda: client.get("/typed/wrong/c0ffee-secret"),
        lambda: client.get("/s/c0ffee-secret/", headers={"host": "elsewhere.example"}),
    ):
        ask()
    assert len(log_lines()) >= 8
    assert "c0ffee" not in str(log_lines())


@pytest.mark.parametrize(
    ("given", "sent_id"), [("proxy.7f-3", True), ("two\nlines", False), ("x" * 65, False), ("", False)]
)
@pytest.mark.django_db
def test_an_id_from_a_proxy_is_taken_over_when_it_is_a_plain_word(
    client: Client, given: str, sent_id: bool
) -> None:
    answers = [client.get(path, headers={"X-Request-ID": given}) for path in ("/healthz", "/nowhere")]
    assert all((answer["X-Request-ID"] == given) is sent_id for answer in answers)
    assert all(answer["X-Request-ID"] for answer in answers)
    assert sent_id or answers[0]["X-Request-ID"] != answers[1]["X-Request-ID"]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Error handling request GET /s/abc-DEF_1/photos/2/", "Error handling request GET /s/…/photos/2/"),
        ("see /sign-in/once/1.x-y/ now", "see /sign-in/once/…/ now"),
        ("/welcome/?token=abc&next=/", "/welcome/?token=…&next=/"),
        ("[Errno 2] No such file: '/home/ada/Secret Name.jpg'", "[Errno 2] No such file: …"),
        ("[Errno 18] Invalid link: 'a b' -> \"Ada's.jpg\" again", "[Errno 18] Invalid link: … again"),
        ('File "/srv/faces/tasks.py", line 3', 'File "/srv/faces/tasks.py", line 3'),
    ],
)  # fmt: skip
def test_secrets_and_names_of_files_are_taken_out_of_what_others_say(text: str, left: str) -> None:
    assert scrub(text) == left


def test_paths_of_originals_are_removed(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    assert scrub(f"cannot identify <Reader name='{tmp_path}/originals/1/ab/abc.jpg'>, sorry") == (
        "cannot identify <Reader name='…'>, sorry"
    )


@pytest.mark.django_db
def test_values_of_rows_are_removed_from_database_errors(settings: Any) -> None:
    # The line of the source stands in the traceback, too: the name must not stand in it.
    name = "Ada Lovelace"
    User.objects.create_user(name)
    try:
        with transaction.atomic():
            User.objects.create_user(name)
    except IntegrityError:
        failed = record("no", exc_info=sys.exc_info())
    line = formatter(style="console").format(failed)
    assert "duplicate key" in line
    assert "Traceback" in line
    assert "Lovelace" not in line
    if embedded.uses_postgres():
        log = locations.log_file(settings.DATA_DIR, "postgres")
        assert "duplicate key" in log.read_text()
        assert "Lovelace" not in log.read_text()
