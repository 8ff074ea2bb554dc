"""albums.admin.jobs: waiting and failed jobs, and retries."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from celery import signals
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from albums.admin.jobs import Queue
from albums.models import Image
from config.celery import app
from config.observability.heartbeats import beat, leave
from faces.models import FaceScan
from tests.rows import image_rows


@pytest.fixture
def rows(ada: User, operator: User) -> list[Image]:
    """Photos of two owners: two refused, one waiting for a long time, one with a failed scan."""
    images = [*image_rows(ada, 3), *image_rows(operator, 1)]
    refused = Image.objects.filter(pk__in=[images[0].pk, images[3].pk])
    refused.update(state="refused", reason="took_too_long", original="originals/x.jpg")
    long_ago = timezone.now() - timedelta(hours=1)
    Image.objects.filter(pk=images[1].pk).update(state="stored", queued_at=long_ago, added_at=long_ago)
    FaceScan.objects.create(image=images[2], state="failed", reason="crashed")
    return images


@pytest.fixture
def sent() -> Iterator[list[str]]:
    """The queues of all tasks sent during the test, through the broker of all tests."""
    queues: list[str] = []

    def note(routing_key: str, **_more: object) -> None:
        queues.append(routing_key)

    signals.after_task_publish.connect(note)
    yield queues
    signals.after_task_publish.disconnect(note)


def retry(client: Client, key: str) -> int:
    return client.post(reverse("admin:jobs"), {"again": key}).status_code


def test_waiting_and_failed_rows_are_listed_by_reason(visitor: Client, rows: list[Image]) -> None:
    page = visitor.get(reverse("admin:jobs")).content.decode()
    assert "Processing took too long." in page
    assert "The scan failed several times." in page
    assert 'value="photos:took_too_long"' in page
    assert 'value="photos:stuck"' in page
    assert "ingest: " in page


@pytest.mark.django_db(transaction=True)
def test_each_kind_is_retried_for_all_owners(visitor: Client, rows: list[Image], sent: list[str]) -> None:
    assert retry(visitor, "photos:took_too_long") == 302
    assert not Image.objects.refused().exists()
    assert sent == ["ingest"]
    assert retry(visitor, "scans:crashed") == 302
    assert FaceScan.objects.get().state == "pending"
    assert sent == ["ingest", "faces"]
    assert retry(visitor, "photos:stuck") == 302
    assert sent == ["ingest", "faces", "ingest"]
    assert retry(visitor, "everything:now") == 404
    assert connection.in_atomic_block is False


@pytest.mark.django_db(transaction=True)
def test_selected_rows_are_retried(visitor: Client, rows: list[Image]) -> None:
    ticked = {"action": "read_again", "_selected_action": [image.pk for image in rows]}
    page = visitor.post(reverse("admin:albums_image_changelist"), ticked, follow=True).content.decode()
    assert "2 files are processed again" in page
    scan = FaceScan.objects.get()
    ticked = {"action": "scan_again", "_selected_action": [scan.pk]}
    page = visitor.post(reverse("admin:faces_facescan_changelist"), ticked, follow=True).content.decode()
    assert "1 photos are being scanned again" in page
    assert (
        visitor.post(reverse("admin:faces_facescan_action", args=[scan.pk, "scan-again"])).status_code == 404
    )


def test_a_queue_without_a_worker_is_highlighted(visitor: Client) -> None:
    queue = Queue("faces", 3, workers=0, needed=True)
    assert queue.deaf
    assert not Queue("effects", 0, workers=0, needed=False).deaf
    beat("one@here", ["ingest"])
    page = visitor.get(reverse("admin:jobs")).content.decode()
    assert re.search(r"ingest: \d+ ·\s+[1-9]\d* worker", page)
    leave("one@here", ["ingest"])


def test_without_a_broker_the_page_says_so(
    visitor: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.setattr(app.conf, "broker_read_url", f"redis+socket://{tmp_path}/nothing?virtual_host=0")
    assert "The broker does not answer" in visitor.get(reverse("admin:jobs")).content.decode()


@pytest.mark.parametrize("selected", ["x", "²", str(2**63), "9" * 5_000])
def test_a_selection_of_what_cannot_be_a_row_is_not_found(visitor: Client, selected: str) -> None:
    ticked = {"action": "read_again", "_selected_action": [selected]}
    assert visitor.post(reverse("admin:albums_image_changelist"), ticked).status_code == 404
