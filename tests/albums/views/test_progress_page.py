"""The progress of background work: the strip, the page and JSON."""

import re
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import User
from django.test import Client

from albums.models import Image
from faces.models import FaceScan
from tests.rows import stored_image

HTMX = {"HX-Request": "true"}


def clock(monkeypatch: pytest.MonkeyPatch, *seconds: float) -> None:
    """Make the clock return these times, one after the other."""
    monkeypatch.setattr("albums.views.progress.time", SimpleNamespace(monotonic=iter(seconds).__next__))


def test_the_strip_polls_only_while_there_is_work(
    signed_in: Client, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock(monkeypatch, 0.0, 0.1, 1.0, 1.1)
    assert "every 2s" not in signed_in.get("/progress/", headers=HTMX).content.decode()
    stored_image(owner, state=Image.State.STORED)
    busy = signed_in.get("/progress/", headers=HTMX).content.decode()
    assert "every 2s" in busy
    assert "Processed: 0 of 1" in busy


def test_the_strip_counts_only_failures_since_it_appeared(signed_in: Client, owner: User) -> None:
    FaceScan.objects.create(image=stored_image(owner, number=1), state=FaceScan.State.FAILED)
    stored_image(owner, number=2)
    first = signed_in.get("/progress/", headers=HTMX).content.decode()
    assert "1 failed" not in first
    failed = re.search(r"failed=([\d-]+)", first)
    assert failed
    FaceScan.objects.create(image=stored_image(owner, number=3), state=FaceScan.State.FAILED)
    later = signed_in.get(f"/progress/?was=busy&failed={failed[1]}", headers=HTMX).content.decode()
    assert "1 failed" in later


def test_the_end_of_the_work_is_announced_once(signed_in: Client) -> None:
    strip = signed_in.get("/progress/?was=busy", headers=HTMX).content.decode()
    assert "All done" in strip
    assert "load delay:15s" in strip, "the strip disappears by itself"
    assert "All done" not in signed_in.get("/progress/", headers=HTMX).content.decode()


def test_a_program_gets_json_and_a_person_a_page(signed_in: Client, owner: User) -> None:
    stored_image(owner, state=Image.State.STORED)
    answer = signed_in.get("/progress/", headers={"Accept": "application/json"}).json()
    assert answer["busy"] is True
    assert answer["stages"][0]["total"] == 1
    assert "Activity" in signed_in.get("/progress/").content.decode()


def test_the_work_of_others_is_not_counted(signed_in: Client, stranger: User) -> None:
    stored_image(stranger, state=Image.State.STORED)
    answer = signed_in.get("/progress/", headers={"Accept": "application/json"}).json()
    assert answer["busy"] is False


def test_the_strip_polls_less_often_when_counting_is_slow(
    signed_in: Client, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored_image(owner, state=Image.State.STORED)

    clock(monkeypatch, 0.0, 0.25)
    assert "every 5s" in signed_in.get("/progress/", headers=HTMX).content.decode()


def test_without_work_nothing_is_counted(signed_in: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("albums.views.progress.stages", lambda _owner_id: pytest.fail("counted"))
    assert "every" not in signed_in.get("/progress/", headers=HTMX).content.decode()
