"""The administration's lists: they cost as many queries for a thousand rows as for ten, and delete none."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from albums.models import AlbumMember, Job, ShareLink
from faces.models import Change, ClusteringRun, FaceScan, Person, Verdict
from tests.rows import album_of, face_row, image_rows, upload_row


def add_rows(first: int, count: int) -> None:
    """Add `count` rows to each table, each with its own account."""
    owners = [User.objects.create_user(f"owner-{number}") for number in range(first, first + count)]
    for owner in owners:
        image = image_rows(owner, 1)[0]
        FaceScan.objects.create(image=image, state="failed", reason="crashed")
        person = Person.objects.create(owner=owner, name="Zoe")
        face = face_row(image, person=person, crop=False)
        Verdict.objects.create(face=face, person=person, kind="is", by=owner)
        album = album_of(owner)
        ShareLink.objects.create(album=album)
        AlbumMember.objects.create(album=album, user=owners[0])
        Job.objects.create(owner=owner, kind="morph", state="failed", reason="job_crashed")
        upload_row(owner)
        ClusteringRun.objects.create(owner=owner, embedder="facenet_sface256", state="done")
        Change.objects.create(owner=owner, by=owner, kind="name", rows={})


def query_counts(client: Client, addresses: list[str]) -> dict[str, int]:
    found = {}
    for address in addresses:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        found[address] = len(queries)
    return found


def test_more_rows_cost_no_more_queries(visitor: Client, operator: User) -> None:
    addresses = [
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for model in admin.site._registry
    ]
    addresses += [reverse(f"admin:{name}") for name in ("index", "jobs", "models", "grouping")]
    add_rows(0, 3)
    query_counts(visitor, addresses[:1])
    few = query_counts(visitor, addresses)
    add_rows(3, 12)
    image_rows(operator, 1000)
    assert query_counts(visitor, addresses) == few
    assert max(few.values()) <= 16, few


@pytest.mark.parametrize("model", list(admin.site._registry), ids=lambda model: model.__name__)
def test_lists_have_no_delete_action_and_no_editable_fields(
    visitor: Client, rf: Any, operator: User, model: Any
) -> None:
    request = rf.get("/")
    request.user = operator
    table = admin.site._registry[model]
    assert "delete_selected" not in table.get_actions(request)
    assert not table.has_change_permission(request)
    assert not table.has_delete_permission(request)
    assert table.list_editable == ()
