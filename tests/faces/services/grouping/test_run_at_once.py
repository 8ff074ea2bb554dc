"""One grouping at a time: when it is due, what meets another, what fails."""

import threading

import pytest
from django.contrib.auth.models import User
from django.db import connection, connections, transaction
from django.test import Client
from django.utils import timezone

from albums.locks import AdvisoryLock
from faces.models import ClusteringRun, FaceScan, Person
from faces.services.grouping import run as clustering
from faces.services.grouping.run import owner_is_stale, owner_recluster
from tests.faces.coloured import face
from tests.faces.services.grouping.regrouping import ids, people, regroup
from tests.rows import image_row, image_rows


def test_an_owner_is_stale_when_photos_were_looked_at_since_the_last_run(ada: User, grace: User) -> None:
    assert not owner_is_stale(ada.pk), "nothing was looked at"
    scan = FaceScan.objects.create(image=image_row(ada), state="done", finished_at=timezone.now())
    assert owner_is_stale(ada.pk)
    assert not owner_is_stale(grace.pk)
    regroup(ada)
    assert not owner_is_stale(ada.pk)
    scan.finished_at = timezone.now()
    scan.save()
    assert owner_is_stale(ada.pk)
    ClusteringRun.objects.create(owner=ada, embedder="facenet_sface256", state="failed")
    assert owner_is_stale(ada.pk), "a run that failed does not count"


def locked_by_another(owner: User) -> tuple[threading.Thread, threading.Event]:
    """Another connection groups this owner's faces until the event is set."""
    held, let_go = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [int(AdvisoryLock.GROUPING), owner.pk])
                held.set()
                let_go.wait(30)
        finally:
            connections.close_all()

    thread = threading.Thread(target=hold)
    thread.start()
    assert held.wait(30)
    return thread, let_go


@pytest.mark.django_db(transaction=True)
def test_only_one_run_at_a_time_for_an_owner(ada: User, grace: User) -> None:
    for owner in (ada, grace):
        for image in image_rows(owner, 2):
            face(image, "red")
    thread, let_go = locked_by_another(ada)
    try:
        assert owner_recluster(ada) is None
        assert not ClusteringRun.objects.filter(owner=ada).exists()
        assert regroup(grace).people == 1, "others do not wait"
    finally:
        let_go.set()
        thread.join(30)
    assert regroup(ada).people == 1


@pytest.mark.django_db(transaction=True)
def test_many_runs_at_once_make_no_person_twice(ada: User) -> None:
    faces = [face(image, colour) for colour in ("red", "blue") for image in image_rows(ada, 4)]

    def run() -> None:
        try:
            owner_recluster(ada)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(map(len, people().values())) == [4, 4]
    assert Person.objects.count() == 2
    assert set().union(*people().values()) == ids(*faces)


@pytest.mark.django_db(transaction=True)
def test_a_run_that_fails_changes_nothing(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    faces = [face(image, "red") for image in image_rows(ada, 3)]
    regroup(ada)
    before = people()
    face(image_row(ada), "red")

    class Killed(BaseException):
        """As good as a kill."""

    def die(*_args: object, **_kwargs: object) -> None:
        raise Killed

    monkeypatch.setattr(clustering, "groups_apply", die)
    with pytest.raises(Killed):
        owner_recluster(ada)
    assert people() == before
    assert ClusteringRun.objects.count() == 1
    monkeypatch.undo()
    assert regroup(ada).people == 1
    assert len(people()[next(iter(before))]) == len(faces) + 1


def test_a_run_that_fails_leaves_its_trace_on_the_page_of_jobs(
    ada: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    face(image_row(ada), "red")
    before = people()

    def fail(*_args: object, **_kwargs: object) -> None:
        raise ValueError("Anna")

    monkeypatch.setattr(clustering, "groups_apply", fail)
    for _ in range(2):
        with pytest.raises(ValueError, match="Anna"):
            owner_recluster(ada)
    failed = ClusteringRun.objects.get()
    assert (failed.state, failed.error) == ("failed", "ValueError"), "the last failure, without a name"
    assert failed.finished_at is not None
    assert people() == before
    client.force_login(ada)
    assert "The error was logged. (ValueError)" in client.get("/settings/jobs/").content.decode()
    monkeypatch.undo()
    assert regroup(ada).state == "done"
