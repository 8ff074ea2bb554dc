"""Share links in the API: they open their album, and nothing else."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from albums.models import ShareLink
from tests.api.world import World, stored_world, world
from tests.rows import stored_image, whole

__all__ = ["stored_world", "world"]

Request = Callable[..., Any]


@pytest.fixture
def through_link(client: Client, world: World) -> Request:
    def ask_shared(path: str = "", **headers: str) -> Any:
        return client.get(f"/api/v1/shared/{world.link.token}/{path}", headers=headers)

    return ask_shared


def test_a_link_shows_its_album_and_nothing_else(world: World, through_link: Request) -> None:
    assert through_link().json()["name"] == "Summer"
    assert [one["id"] for one in through_link("images/").json()["results"]] == [world.image.pk]
    assert through_link("images/").json()["results"][0]["names"] == []
    assert through_link(f"images/{world.image.pk}/renditions/preview/").status_code == 200
    assert through_link(f"images/{world.image.pk}/original/").status_code == 200
    zipped = through_link("zip/")
    assert zipped.status_code == 200
    assert whole(zipped).startswith(b"PK")
    private = stored_image(world.ada, number=2)
    assert through_link(f"images/{private.pk}/renditions/preview/").status_code == 404


def test_a_link_without_downloads_sends_no_originals(world: World, through_link: Request) -> None:
    ShareLink.objects.update(downloads=False)
    assert through_link(f"images/{world.image.pk}/original/").status_code == 403
    assert through_link("zip/").status_code == 403
    assert through_link(f"images/{world.image.pk}/renditions/preview/").status_code == 200


def test_a_link_shows_names_if_its_owner_allows_it(world: World, through_link: Request) -> None:
    ShareLink.objects.update(shows_names=True)
    assert through_link("images/").json()["results"][0]["names"] == ["Anna"]


def test_a_link_with_a_password_opens_with_it(client: Client, world: World, through_link: Request) -> None:
    client.force_login(world.ada)
    changed = client.patch(
        f"/api/v1/links/{world.link.pk}/", {"password": "a pass phrase"}, content_type="application/json"
    )
    assert changed.json()["has_password"] is True
    client.logout()
    for wrong in ({}, {"Share-Password": "no"}):
        answer = through_link("images/", **wrong)
        assert (answer.status_code, answer.json()["code"]) == (403, "password_needed")
    assert through_link("images/", **{"Share-Password": "a pass phrase"}).status_code == 200


def test_deleted_links_and_unknown_ones_have_the_same_answer(
    client: Client, world: World, through_link: Request
) -> None:
    unknown = client.get("/api/v1/shared/never-was/").content
    ShareLink.objects.all().delete()
    deleted = through_link()
    assert (deleted.status_code, deleted.content) == (404, unknown)


def test_an_expired_link_has_the_same_answer_in_the_api_and_on_pages(
    client: Client, world: World, through_link: Request
) -> None:
    ShareLink.objects.update(expires_at=timezone.now() - timedelta(days=1), password="set")
    for path in ("", "images/", "zip/", f"images/{world.image.pk}/original/"):
        answer = through_link(path)
        assert (answer.status_code, answer.json()["code"]) == (410, "link_expired")
    page = client.get(f"/s/{world.link.token}/")
    assert page.status_code == 410
    assert "has expired" in answer.json()["detail"]
    assert "has expired" in page.content.decode()
