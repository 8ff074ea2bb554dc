"""Log lines of a request and its tasks: one id, and no names."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import Celery, current_app
from celery.worker.request import Request
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client

from albums.models import Image
from config import celery_app
from config.observability import counters
from faces import runtime
from faces.models import FaceScan, Person
from tests.albums.views.sending import begin, send
from tests.faces.coloured import ColourDetector, ColourEmbedder, drawn

QUEUES = ("ingest", "faces", "cluster")
LogLines = Callable[[], list[dict[str, Any]]]
Work = Callable[[], list[str]]


@pytest.fixture
def workers() -> Iterator[Work]:
    """Run all queued tasks like a worker; return their names.

    The broker is in this process and used by no other.
    """
    app = Celery("trombine", broker="memory://", set_as_current=True)
    app.config_from_object("django.conf:settings", namespace="CELERY")
    app.conf.update(broker_url="memory://", broker_transport_options={})

    def work() -> list[str]:
        done = []
        with app.connection_for_read() as connection, connection.channel() as channel:
            queues = [app.amqp.queues[name].bind(channel) for name in QUEUES]
            while messages := [message for queue in queues if (message := queue.get())]:
                for message in messages:
                    task = app.tasks[message.headers["task"]]
                    Request(message, app=app, hostname="here", task=task).execute()
                    done.append(task.name)
        return done

    yield work
    with app.connection_for_write() as connection, connection.channel() as channel:
        for name in QUEUES:
            app.amqp.queues[name].bind(channel).purge()
    app.close()
    celery_app.set_current()


@pytest.fixture
def _coloured_people(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(runtime, "open_detector", lambda _wanted: ColourDetector())
    monkeypatch.setattr(runtime, "open_embedder", lambda _wanted: ColourEmbedder())
    runtime.reset()
    yield
    runtime.reset()


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    """The folder of all files; grouping starts without a delay, and the counters are empty."""
    cache.clear()
    settings.UPLOAD_FOLDER, settings.CLUSTER_DELAY = tmp_path / "uploads", 0
    return tmp_path


@pytest.mark.usefixtures("_coloured_people")
@pytest.mark.django_db
def test_a_photo_is_followed_by_one_id_and_no_line_has_names(
    client: Client, workers: Work, log_lines: LogLines, folder: Path, django_capture_on_commit_callbacks: Any
) -> None:
    client.force_login(User.objects.create_superuser("Grace Hopper"))
    photo = drawn(red=(20, 30, 160))
    upload = begin(client, photo, "Secret Name.jpg").json()["id"]
    with django_capture_on_commit_callbacks(execute=True):
        sent = send(client, upload, photo)
    assert sent.json()["status"] == "received"
    with django_capture_on_commit_callbacks(execute=True):
        done = workers()
    assert Image.objects.get().state == Image.State.READY
    assert FaceScan.objects.get().state == FaceScan.State.DONE
    assert {"albums.tasks.read_images", "faces.tasks.scan_images", "faces.tasks.cluster_owner"} <= set(done)

    (request,) = (line for line in log_lines() if line.get("route") == "albums:one_upload")
    ended = [line for line in log_lines() if "succeeded" in line["event"]]
    assert len(ended) == len(done)
    assert {line["request_id"] for line in ended} == {request["request_id"]} == {sent["X-Request-ID"]}
    assert {line["task"] for line in ended} == set(done)
    assert len({line["task_id"] for line in ended}) == len(done)

    person = Person.objects.first() or Person.objects.create(owner=User.objects.get())
    named = client.patch(
        f"/api/v1/people/{person.pk}/", {"name": "Ada Lovelace"}, content_type="application/json"
    )
    assert named.status_code == 200
    assert client.get("/search/?q=Ada+Lovelace").status_code == 200
    refused = begin(client, b"<!doctype html><html></html>", "Secret Name.html").json()["id"]
    assert send(client, refused, b"<!doctype html><html></html>").json()["status"] == "refused"
    for name in ("Secret", "Ada", "Lovelace", "Grace", "Hopper", str(folder)):
        assert name not in str(log_lines())

    (photos, tasks) = counters.read(counters.PHOTOS, counters.TASKS)
    assert photos == {"read": 1, "scanned": 1}
    assert tasks["faces.tasks.scan_images success"] == 1


@pytest.mark.django_db
def test_a_scheduled_task_has_its_own_id(workers: Work, log_lines: LogLines) -> None:
    current_app.tasks["albums.tasks.resume_reading"].delay()
    current_app.tasks["albums.tasks.sweep_uploads"].delay()
    assert len(workers()) == 2
    ended = [line["request_id"] for line in log_lines() if "succeeded" in line["event"]]
    assert len(set(ended)) == 2
