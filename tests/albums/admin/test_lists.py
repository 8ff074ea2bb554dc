"""The administration's lists: they cost as many queries for a thousand rows as for ten, and delete none."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from albums.models import Album, AlbumMember, Image, Job, ShareLink, Upload
from faces.models import Change, ClusteringRun, Face, FaceScan, Person, Verdict
from tests.page_rows import image_rows


def add_rows(first: int, count: int) -> None:
    """Add `count` rows to each table, each with its own account."""
    owners = [User.objects.create_user(f"owner-{number}") for number in range(first, first + count)]
    for owner in owners:
        image = image_rows(owner, 1)[0]
        FaceScan.objects.create(image=image, state="failed", reason="crashed")
        person = Person.objects.create(owner=owner, name="Zoe")
        face = Face.objects.create(
            image=image, person=person, x=0.1, y=0.1, w=0.2, h=0.2, landmarks=[0.5] * 10, score=1, quality=1,
        )  # fmt: skip
        Verdict.objects.create(face=face, person=person, kind="is", by=owner)
        album = Album.objects.create(owner=owner, name="x")
        ShareLink.objects.create(album=album)
        AlbumMember.objects.create(album=album, user=owners[0])
        Job.objects.create(owner=owner, kind="morph", state="failed", reason="job_crashed")
        Upload.objects.create(owner=owner, sha256="0" * 64, name="x", size_bytes=1)
        ClusteringRun.objects.create(owner=owner, embedder="facenet128", state="done")
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
    Image.objects.bulk_create(
        Image(owner=operator, sha256=f"{number:064}", source_path="x", size_bytes=1) for number in range(1000)
    )
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
