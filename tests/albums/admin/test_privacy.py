"""The administration shows names from another account only if the owner grants it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from albums.admin.base import OwnerFilter
from albums.models import Album, Image, Job, ShareLink, Upload
from albums.services.accounts.operators import grant_set
from faces.messages import message
from faces.models import Change, ClusteringRun, ClusterQuality, Face, FaceScan, Person, Verdict
from tests.rows import face_row, image_rows, upload_row

SECRETS = ("Zebulon", "zanzibar.jpg", "Zinnias", "zipped.zip", "Zoe was named")


@pytest.fixture
def rows(ada: User) -> dict[type[Any], Any]:
    """One row of each kind, named where possible."""
    image = image_rows(ada, 1)[0]
    Image.objects.filter(pk=image.pk).update(source_path="trip/zanzibar.jpg", description="Zebulon at sea")
    person = Person.objects.create(owner=ada, name="Zebulon")
    face = face_row(image, person=person, crop=False)
    album = Album.objects.create(owner=ada, name="Zinnias", description="Zebulon's")
    ShareLink.objects.create(album=album)
    change = Change(owner=ada, by=ada, kind=Change.Kind.NAME, rows={"x": {}})
    change.summary = message("Zoe was named")
    change.save()
    return {
        User: ada,
        Image: image,
        Album: album,
        Job: Job.objects.create(
            owner=ada,
            kind="morph",
            inputs={"name": "Zebulon"},
            options={"title": "Zinnias"},
            result={"name": "Zebulon"},
        ),
        Upload: upload_row(ada, name="zipped.zip", size_bytes=3),
        FaceScan: FaceScan.objects.create(image=image, state=FaceScan.State.FAILED, reason="crashed"),
        Face: face,
        Person: person,
        Verdict: Verdict.objects.create(face=face, person=person, kind=Verdict.Kind.IS, by=ada),
        Change: change,
        ClusteringRun: ClusteringRun.objects.create(owner=ada, embedder="facenet_sface256", state="done"),
        ClusterQuality: ClusterQuality.objects.create(
            person=person, faces=2, excess=0.1, persistence=0.5, outlier=0.9, spread=0.4
        ),
    }


def addresses(rows: dict[type[Any], Any]) -> Iterator[str]:
    """All pages of all tables, also filtered and searched."""
    for model, model_admin in admin.site._registry.items():
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        listed = reverse(f"admin:{name}_changelist")
        row = rows[model]
        if OwnerFilter in model_admin.list_filter:
            yield f"{listed}?owner={rows[User].pk}"
        yield f"{listed}?q=z"
        yield f"{listed}?q={row.pk}&o=2.-3.4"
        yield reverse(f"admin:{name}_change", args=[row.pk])
        yield reverse(f"admin:{name}_history", args=[row.pk])
        for act in getattr(model_admin, "acts", ()):
            yield reverse(f"admin:{name}_action", args=[row.pk, act.name])
    for page in ("index", "jobs", "models", "grouping"):
        yield reverse(f"admin:{page}")
    yield reverse("admin:grouping_of", args=[rows[User].pk])
    yield reverse("admin:group", args=[rows[Person].pk])
    yield f"{reverse('admin:search')}?s=z"


def test_no_page_shows_names_from_another_account(visitor: Client, rows: dict[type[Any], Any]) -> None:
    assert set(admin.site._registry) == set(rows), "each table needs a row here to be tested"
    for address in addresses(rows):
        answer = visitor.get(address, follow=True)
        assert answer.status_code in {200, 404}, address
        page = answer.content.decode()
        assert not [secret for secret in SECRETS if secret in page], address


def test_names_are_shown_while_the_owner_grants_access(
    visitor: Client, ada: User, rows: dict[type[Any], Any]
) -> None:
    shown = {
        reverse("admin:faces_person_changelist"): "Zebulon",
        reverse("admin:albums_image_changelist"): "zanzibar.jpg",
        reverse("admin:albums_album_changelist"): "Zinnias",
        reverse("admin:faces_change_change", args=[rows[Change].pk]): "Zoe was named",
    }
    for granted in (True, False):
        grant_set(owner=ada, granted=granted)
        for address, name in shown.items():
            assert (name in visitor.get(address).content.decode()) is granted, address


def test_the_operators_own_names_are_shown(visitor: Client, operator: User) -> None:
    Person.objects.create(owner=operator, name="Myself")
    assert "Myself" in visitor.get(reverse("admin:faces_person_changelist")).content.decode()


@pytest.mark.parametrize(
    "question",
    ["name__startswith=Zeb", "name=Zebulon", "owner__people__name=Zebulon", "cover__crop__startswith=f"],
)
def test_lists_cannot_be_searched_or_filtered_by_name(
    visitor: Client, rows: dict[type[Any], Any], question: str
) -> None:
    answer = visitor.get(f"{reverse('admin:faces_person_changelist')}?{question}")
    assert answer.status_code in {302, 400}
    assert "Zebulon" not in answer.content.decode()


def test_rows_cannot_be_added_changed_or_deleted_in_the_admin(
    visitor: Client, rows: dict[type[Any], Any]
) -> None:
    for model, row in rows.items():
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        assert visitor.post(reverse(f"admin:{name}_change", args=[row.pk]), {"name": "x"}).status_code == 403
        assert (
            visitor.post(reverse(f"admin:{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
        )
        if model is not User:
            assert visitor.get(reverse(f"admin:{name}_add")).status_code == 403
        form = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
        visitor.post(reverse(f"admin:{name}_changelist"), form)
        assert model.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize("who", [None, "ada"])
def test_only_operators_can_open_the_administration(client: Client, ada: User, who: str | None) -> None:
    if who:
        client.force_login(ada)
    answer = client.get(reverse("admin:jobs"), follow=True)
    if who:
        assert answer.status_code == 403
    else:
        assert answer.redirect_chain[-1][0] == f"/sign-in/?next={reverse('admin:jobs').replace('/', '%2F')}"


def test_signing_out_of_the_administration_ends_the_session(visitor: Client) -> None:
    visitor.post(reverse("admin:logout"), follow=True)
    assert visitor.get(reverse("albums:settings")).status_code == 302


def test_the_administration_has_its_own_security_policy_and_is_in_english(visitor: Client) -> None:
    answer = visitor.get(reverse("admin:index"), headers={"Accept-Language": "fr"})
    assert "'unsafe-eval'" in answer.headers["Content-Security-Policy"]
    assert "Overview" in answer.content.decode()
    assert '<html lang="en"' in answer.content.decode()
    assert "unsafe" not in visitor.get("/albums/").headers["Content-Security-Policy"]
    assert "unsafe" not in visitor.get("/admin/nowhere/").headers["Content-Security-Policy"]
