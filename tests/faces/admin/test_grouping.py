"""faces.admin.grouping, runs and people: planning, doing and undoing a grouping for an owner."""

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from albums.services.accounts.operators import grant_set
from faces import tasks
from faces.models import Change, ClusteringRun, Face, Person
from faces.services.core.consent import recognition_set
from faces.services.grouping.run import owner_recluster
from tests.rows import group_of


@pytest.fixture
def grouped(ada: User) -> ClusteringRun:
    """Two looks in one person, parted by a grouping; and a name."""
    first = group_of(ada, 6, look=1, name="Zebulon")
    other = group_of(ada, 6, look=2)
    Face.objects.filter(person=other).update(person=first)
    cache.clear()
    run = owner_recluster(ada)
    assert run is not None
    assert run.moved > 0
    return run


@pytest.fixture
def enqueued(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Enqueued tasks, run at once."""
    found: list[tuple[str, int]] = []
    for name in ("cluster_plan", "cluster_anew"):
        task = getattr(tasks, name)

        def delay(owner_id: int, *, task: object = task, name: str = name) -> None:
            found.append((name, owner_id))
            task(owner_id)  # type: ignore[operator]  # a task

        monkeypatch.setattr(task, "delay", delay)
    return found


def of(owner: User) -> str:
    return reverse("admin:grouping_of", args=[owner.pk])


def test_a_plan_says_what_would_change_without_names_and_changes_nothing(
    visitor: Client, ada: User, grouped: ClusteringRun, enqueued: list[tuple[str, int]]
) -> None:
    Face.objects.filter(image__owner=ada).update(person=Person.objects.get(name="Zebulon"))
    before = list(Face.objects.order_by("pk").values_list("pk", "person_id"))
    visitor.post(of(ada), {"do": "plan"})
    page = visitor.get(of(ada)).content.decode()
    assert enqueued == [("cluster_plan", ada.pk)]
    assert "people that split: 1" in page
    assert f"person {Person.objects.get(name='Zebulon').pk} into" in page
    assert "Zebulon" not in page
    assert list(Face.objects.order_by("pk").values_list("pk", "person_id")) == before


def test_a_new_grouping_is_made_though_nothing_came_since(
    visitor: Client, ada: User, grouped: ClusteringRun, enqueued: list[tuple[str, int]]
) -> None:
    visitor.post(of(ada), {"do": "group"})
    assert enqueued == [("cluster_anew", ada.pk)]
    assert ClusteringRun.objects.filter(owner=ada).count() == 2
    assert visitor.post(of(ada), {"do": "erase"}).status_code == 404


def test_where_the_owner_wants_no_faces_nothing_is_grouped(
    visitor: Client, ada: User, enqueued: list[tuple[str, int]]
) -> None:
    recognition_set(owner=ada, enabled=False)
    assert "turned off face recognition" in visitor.get(of(ada)).content.decode()
    visitor.post(of(ada), {"do": "group"})
    assert enqueued == []


def test_a_grouping_is_undone_with_the_owners_grant_alone(
    visitor: Client, ada: User, grouped: ClusteringRun
) -> None:
    addresses = [
        reverse("admin:faces_clusteringrun_action", args=[grouped.pk, "undo"]),
        reverse("admin:faces_change_action", args=[Change.objects.get().pk, "undo"]),
    ]
    assert [visitor.post(address).status_code for address in addresses] == [404, 404]
    grant_set(owner=ada, granted=True)
    assert f"{grouped.moved} faces return" in visitor.get(addresses[0]).content.decode()
    assert Change.objects.get().undone_at is None
    assert visitor.post(addresses[0]).status_code == 302
    assert Change.objects.get().undone_at is not None
    assert set(Face.objects.values_list("person__name", flat=True)) == {"Zebulon"}
    assert [visitor.post(address).status_code for address in addresses] == [404, 404], "it is undone once"


def test_parameters_counts_and_time_of_a_run_are_shown(visitor: Client, grouped: ClusteringRun) -> None:
    page = visitor.get(reverse("admin:faces_clusteringrun_change", args=[grouped.pk])).content.decode()
    for name in grouped.parameters:
        assert f"&quot;{name}&quot;" in page
    assert f"{(grouped.finished_at - grouped.started_at).total_seconds():.1f} s" in page  # type: ignore[operator]  # it is done
