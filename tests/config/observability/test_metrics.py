"""/metrics: metrics and their access rules."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.db import OperationalError
from django.test import Client, RequestFactory
from prometheus_client.parser import text_string_to_metric_families

from albums.models import Album, Image
from config.observability import counters, heartbeats
from config.observability.metrics import metrics
from faces.models import FaceScan
from tests.rows import image_row, image_rows

pytestmark = pytest.mark.django_db


def scraped(**labels: str) -> dict[str, float]:
    """Every sample that has these labels, by its name."""
    request = RequestFactory().get("/metrics", REMOTE_ADDR="127.0.0.1")
    text = metrics(request).content.decode()
    return {
        sample.name: sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if labels.items() <= sample.labels.items()
    }


def test_photos_and_scans_are_counted_by_state_and_reason() -> None:
    ada = User.objects.create_user("Ada Lovelace")
    named = {"source_path": "Secret Name.jpg"}
    image_row(ada, state=Image.State.STORED, **named)
    for reason in ("truncated", "truncated", "of an older version"):
        image_row(ada, state=Image.State.REFUSED, reason=reason, **named)
    for _ in range(2):
        image = image_row(ada, **named)
        FaceScan.objects.create(image=image, state=FaceScan.State.FAILED, reason="model_missing")
    assert scraped(state="waiting")["trombine_photos"] == 1
    assert scraped(state="ready")["trombine_photos"] == 2
    assert scraped(state="refused")["trombine_photos"] == 3
    assert scraped(reason="truncated")["trombine_photos_refused"] == 2
    assert scraped(reason="other")["trombine_photos_refused"] == 1
    assert scraped(reason="model_missing")["trombine_scans_failed"] == 2
    assert scraped(state="failed")["trombine_scans"] == 2
    assert scraped()["trombine_accounts"] == 1
    page = metrics(RequestFactory().get("/metrics")).content.decode()
    assert not any(word in page for word in ("Ada", "Secret", "older version"))


def test_counters_cover_all_workers() -> None:
    heartbeats.beat("one@here", ["ingest"])
    heartbeats.beat("two@there", ["ingest"])
    for _worker in range(2):
        counters.add({counters.PHOTOS: {"read": 8}, counters.TASKS: {"albums.tasks.read_images success": 1}})
        counters.add({counters.TASK_MILLISECONDS: {"albums.tasks.read_images success": 250}})
    assert scraped(queue="ingest")["trombine_queue_workers"] == 2
    assert "trombine_queue_length" in scraped(queue="faces")
    assert scraped()["trombine_photos_read_total"] == 16
    task = scraped(task="albums.tasks.read_images", state="success")
    assert task["trombine_task_duration_seconds_count"] == 2
    assert task["trombine_task_duration_seconds_sum"] == 0.5


def test_requests_are_timed_by_route(client: Client) -> None:
    def count(**labels: str) -> float:
        return scraped(**labels).get("trombine_http_request_duration_seconds_count", 0)

    shared = {"method": "GET", "route": "albums:shared", "status": "4xx"}
    nowhere = {"method": "OTHER", "route": "unknown", "status": "4xx"}
    before = count(**shared), count(**nowhere)
    for word in ("one", "two"):
        client.get(f"/s/{word}/")
        client.generic("BREW", f"/nothing/{word}")
    assert (count(**shared), count(**nowhere)) == (before[0] + 2, before[1] + 2)


def test_an_unavailable_service_is_reported_and_others_are_collected(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def away() -> None:
        raise OperationalError("no way there")

    monkeypatch.setattr(Album._default_manager, "count", away, raising=False)
    assert scraped(part="database")["trombine_up"] == 0
    assert scraped(part="broker")["trombine_up"] == 1
    assert "trombine_storage_free_bytes" in scraped()


def test_the_number_of_queries_is_independent_of_the_photos(
    django_assert_num_queries: Any,
) -> None:
    ada = User.objects.create_user("ada")
    image_rows(ada, 3)
    with django_assert_num_queries(11):
        scraped()
    image_rows(ada, 27)
    with django_assert_num_queries(11):
        scraped()


TOKEN = {"Authorization": "Bearer a-long-word"}
HERE, THERE = "127.0.0.1", "192.0.2.7"


@pytest.mark.parametrize(
    ("address", "headers", "given", "status"),
    [
        (HERE, {}, {}, 200),
        ("::1", {}, {}, 200),
        ("", {}, {}, 200),  # a Unix socket
        (THERE, {}, {}, 403),
        (HERE, {"X-Forwarded-For": THERE}, {}, 403),
        (HERE, {"Forwarded": f"for={THERE}"}, {}, 403),
        (HERE, {}, {"HTTPS": True}, 403),
        (HERE, {}, {"METRICS_TOKEN": "a-long-word"}, 403),
        (THERE, TOKEN, {"METRICS_TOKEN": "a-long-word"}, 200),
        (THERE, TOKEN, {"METRICS_TOKEN": "another"}, 403),
        (THERE, TOKEN, {}, 403),
        (THERE, {"Authorization": "Bearer "}, {}, 403),
    ],
)
def test_only_the_operator_sees_them(
    address: str, headers: dict[str, str], given: dict[str, object], status: int, settings: Any
) -> None:
    for name, value in given.items():
        setattr(settings, name, value)
    request = RequestFactory().get("/metrics", REMOTE_ADDR=address, headers=headers)
    request.user = AnonymousUser()
    assert metrics(request).status_code == status


def test_a_superuser_sees_them_from_anywhere_and_another_account_does_not(client: Client) -> None:
    for account, status in (
        (User.objects.create_superuser("ada"), 200),
        (User.objects.create_user("eve"), 403),
    ):
        client.force_login(account)
        assert client.get("/metrics", REMOTE_ADDR=THERE).status_code == status
