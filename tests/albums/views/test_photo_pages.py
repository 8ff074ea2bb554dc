"""The grid, refused files and the delivery of files."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from albums.models import Album, Image
from albums.services.arranging.albums import album_add_images
from tests.rows import NOON, image_rows, next_page, stored_image


def test_an_empty_library_offers_the_upload(signed_in: Client) -> None:
    page = signed_in.get("/").content.decode()
    assert "Add your photos" in page
    assert "bin/start ~/Pictures" in page


def test_photos_that_are_not_read_yet_are_announced(signed_in: Client, owner: User) -> None:
    stored_image(owner, state=Image.State.STORED)
    assert "1 photo will appear" in signed_in.get("/").content.decode()


def test_the_grid_shows_months_newest_first_and_undated_photos_last(signed_in: Client, owner: User) -> None:
    stored_image(owner, number=1, captured_at=None)
    stored_image(owner, number=2, captured_at=NOON - timedelta(days=40))
    stored_image(owner, number=3, captured_at=NOON)
    page = signed_in.get("/").content.decode()
    assert page.index("June 2024") < page.index("May 2024") < page.index("?at=none")
    assert "No date" in signed_in.get("/?at=none").content.decode()


def test_only_own_photos_are_in_the_grid(signed_in: Client, owner: User, stranger: User) -> None:
    stored_image(stranger, name="secret.jpg")
    assert "secret.jpg" not in signed_in.get("/").content.decode()


def test_a_full_grid_costs_as_many_queries_as_a_short_one(
    signed_in: Client, owner: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    album = Album.objects.create(owner=owner, name="All")
    album_add_images(album=album, images=image_rows(owner, 150))
    # One of them: the stacks on the page.
    with django_assert_max_num_queries(8):
        response = signed_in.get(f"/albums/{album.pk}/")
    assert response.content.count(b'class="photo ratio-150"') == 60
    album.entries.filter(image__in=album.images.all()[3:]).delete()
    with django_assert_max_num_queries(8):
        response = signed_in.get(f"/albums/{album.pk}/")
    assert response.content.count(b'class="photo ratio-150"') == 3


def test_the_next_page_has_a_url_and_htmx_gets_only_the_tiles(signed_in: Client, owner: User) -> None:
    album = Album.objects.create(owner=owner, name="All")
    album_add_images(album=album, images=image_rows(owner, 61, apart=timedelta(0)))
    address = f"/albums/{album.pk}/"
    first = signed_in.get(address).content.decode()
    further = f"{address}{next_page(first)}"
    second = signed_in.get(further, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in second
    assert second.count('class="photo ') == 1
    # The month continues from the previous page, so it has no second heading.
    assert "<h2" not in second
    assert "<html" in signed_in.get(further).content.decode()


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999999999999999999", "²", ""])
def test_a_page_that_does_not_exist_is_not_an_error(signed_in: Client, owner: User, page: str) -> None:
    stored_image(owner)
    assert signed_in.get("/", {"page": page}).status_code == 200


def test_refused_files_are_listed_with_their_reasons(
    signed_in: Client, owner: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(5):
        image = stored_image(owner, number=number, state=Image.State.REFUSED, name=f"bad-{number}.jpg")
        Image.objects.filter(pk=image.pk).update(reason="html_page")
    with django_assert_max_num_queries(4):
        page = signed_in.get("/photos/refused/").content.decode()
    assert "bad-4.jpg" in page
    assert page.count("This is a web page, not an image") == 5


def test_the_reason_of_a_refusal_is_in_the_language_of_the_reader(signed_in: Client, owner: User) -> None:
    stored_image(owner, state=Image.State.REFUSED)
    Image.objects.update(reason="too_large", reason_values={"size": 1600, "most": 512}, detail="1.6 GB!")
    signed_in.cookies[settings.LANGUAGE_COOKIE_NAME] = "es"
    page = signed_in.get("/photos/refused/").content.decode()
    assert "1\xa0600\xa0MB" in page
    assert "1.6 GB!" not in page


def test_the_original_is_sent_unchanged_and_cannot_run_as_a_page(signed_in: Client, owner: User) -> None:
    image = stored_image(owner, name='trip/Ünder "the" tree\r\n.jpg')
    response = signed_in.get(f"/photos/{image.pk}/original")
    with image.original.open() as file:
        assert response.getvalue() == file.read()
    assert response.headers["Content-Type"] == "image/jpeg"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert response.headers["Content-Disposition"].startswith("inline; filename*=utf-8''")
    assert "\n" not in response.headers["Content-Disposition"]


def test_a_type_that_browsers_do_not_show_is_a_download(signed_in: Client, owner: User) -> None:
    image = stored_image(owner)
    Image.objects.filter(pk=image.pk).update(mime_type="image/svg+xml")
    response = signed_in.get(f"/photos/{image.pk}/original")
    assert response.headers["Content-Disposition"].startswith("attachment")


def test_a_rendition_is_cached_only_by_the_browser(signed_in: Client, owner: User) -> None:
    image = stored_image(owner)
    response = signed_in.get(f"/photos/{image.pk}/thumbnail.jpg?t=0")
    assert "private" in response.headers["Cache-Control"]
    assert "immutable" in response.headers["Cache-Control"]
    again = signed_in.get(
        f"/photos/{image.pk}/thumbnail.jpg", headers={"If-None-Match": response.headers["ETag"]}
    )
    assert again.status_code == 304
    assert signed_in.get(f"/photos/{image.pk}/poster.jpg").status_code == 404


def test_a_file_missing_from_the_storage_is_not_found(signed_in: Client, owner: User) -> None:
    image = stored_image(owner)
    image.original.storage.delete(str(image.original.name))
    assert signed_in.get(f"/photos/{image.pk}/original").status_code == 404


@pytest.mark.parametrize(
    "path", ["/photos/1/", "/photos/1/original", "/photos/1/thumbnail.jpg", "/progress/"]
)
def test_a_visitor_is_redirected_to_sign_in(client: Client, owner: User, path: str) -> None:
    assert client.get(path).headers["Location"].startswith("/sign-in/?next=")
