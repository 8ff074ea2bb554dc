"""The sharing page, and what another account can do with a shared album."""

import io
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from albums.exceptions import ArchivesBusy
from albums.models import Album, AlbumMember, Image, ShareLink
from albums.services.arranging.albums import album_add_images, album_create
from albums.services.arranging.members import member_add
from albums.services.arranging.share_links import share_link_create
from faces.models import Person
from tests.rows import face_row, image_rows, stored_image, whole


@pytest.fixture
def photo(owner: User) -> Image:
    return stored_image(owner, number=1)


@pytest.fixture
def album(owner: User, photo: Image) -> Album:
    album = album_create(owner=owner, name="Holiday")
    album_add_images(album=album, images=[photo])
    return album


@pytest.fixture
def eve(stranger: User) -> Client:
    client = Client()
    client.force_login(stranger)
    client.cookies[settings.THEME_COOKIE_NAME] = "system"
    return client


def test_an_album_is_shared_with_an_account_by_its_exact_name(
    signed_in: Client, eve: Client, album: Album, photo: Image
) -> None:
    path = f"/albums/{album.pk}/"
    assert eve.get(path).status_code == 404
    unknown = signed_in.post(f"{path}sharing/", {"what": "member", "username": "Eve", "role": "viewer"})
    assert unknown.status_code == 400
    assert "There is no account with this name" in unknown.content.decode()
    signed_in.post(f"{path}sharing/", {"what": "member", "username": "eve", "role": "viewer"})
    assert "Holiday" in eve.get("/albums/").content.decode()
    assert "shared by ada" in eve.get("/albums/?which=shared").content.decode()
    for seen in (path, f"/photos/{photo.pk}/", f"/photos/{photo.pk}/thumbnail.jpg", f"{path}slideshow/"):
        response = eve.get(seen)
        assert response.status_code == 200, seen
        whole(response)
    assert f"/photos/{photo.pk}/" not in eve.get("/").content.decode(), "the timeline has only own photos"


def test_a_viewer_cannot_change_the_album(
    signed_in: Client, eve: Client, stranger: User, album: Album, photo: Image
) -> None:
    member = member_add(album=album, username="eve", role="viewer")
    link = share_link_create(album=album)
    path = f"/albums/{album.pk}/"
    for forbidden in (
        *("edit/", "cover/", "delete/", "sharing/", "remove/", "put-back/", f"sharing/{member.pk}/"),
        *(f"links/{link.pk}/", f"links/{link.pk}/revoke/"),
    ):
        assert eve.post(path + forbidden, {"image": photo.pk, "role": "editor"}).status_code == 404, forbidden
    (own,) = image_rows(stranger, 1)
    eve.post("/photos/selection/", {"image": own.pk, "album": album.pk})
    assert list(album.images.all()) == [photo]
    page = eve.get(path).content.decode()
    # A viewer can also download selected photos.
    assert 'formaction="/download/selection/"' in page
    for tool in ("/edit/", '/sharing/"', "/remove/", "/cover/", "/selection/bin/", 'name="new_album"'):
        assert tool not in page
    assert "Leave album" in page


def test_an_editor_adds_own_photos_and_removes_any(
    eve: Client, owner: User, stranger: User, album: Album, photo: Image
) -> None:
    member_add(album=album, username="eve", role="editor")
    (own,) = image_rows(stranger, 1)
    other = stored_image(owner, number=5)
    eve.post("/photos/selection/", {"image": [own.pk, other.pk], "album": album.pk})
    assert set(album.images.all()) == {photo, own}
    page = eve.post(f"/albums/{album.pk}/remove/", {"image": [photo.pk]}, follow=True).content.decode()
    assert set(album.images.all()) == {own}
    proof = page.split('name="proof" value="')[1].split('"')[0]
    eve.post(f"/albums/{album.pk}/undo/", {"proof": proof})
    assert set(album.images.all()) == {photo, own}
    for forbidden in ("edit/", "delete/", "sharing/"):
        assert eve.post(f"/albums/{album.pk}/{forbidden}").status_code == 404


def test_only_the_owner_sees_who_is_in_the_photos(
    eve: Client, owner: User, album: Album, photo: Image
) -> None:
    person = Person.objects.create(owner=owner, name="Clara")
    face = face_row(photo, person=person)
    member_add(album=album, username="eve", role="editor")
    for path in (f"/albums/{album.pk}/", f"/photos/{photo.pk}/", f"/photos/{photo.pk}/?album={album.pk}"):
        page = eve.get(path).content.decode()
        assert "Clara" not in page, path
        assert f"/faces/{face.pk}/" not in page
        assert f"/people/{person.pk}/" not in page
    assert eve.get(f"/faces/{face.pk}/crop.jpg").status_code == 404
    assert eve.get(f"/people/{person.pk}/").status_code == 404


def test_the_photo_page_hides_private_albums(eve: Client, owner: User, album: Album, photo: Image) -> None:
    album_add_images(album=album_create(owner=owner, name="Very private"), images=[photo])
    member_add(album=album, username="eve", role="viewer")
    assert "Very private" not in eve.get(f"/photos/{photo.pk}/").content.decode()


def test_a_member_leaves_and_the_owner_ends_the_sharing(
    signed_in: Client, eve: Client, owner: User, stranger: User, album: Album
) -> None:
    member = member_add(album=album, username="eve", role="editor")
    album_add_images(album=album, images=image_rows(stranger, 2), by=stranger)
    end = f"/albums/{album.pk}/sharing/{member.pk}/end/"
    assert "(2) are removed" in eve.get(end).content.decode()
    assert album.members.exists(), "a confirmation comes first"
    eve.post(end)
    assert not album.members.exists()
    assert album.images.count() == 1
    assert eve.get(f"/albums/{album.pk}/").status_code == 404
    member = member_add(album=album, username="eve", role="viewer")
    other = member_add(album=album, username=User.objects.create_user("mallory").username, role="viewer")
    assert eve.post(f"/albums/{album.pk}/sharing/{other.pk}/end/").status_code == 404
    signed_in.post(f"/albums/{album.pk}/sharing/{member.pk}/", {"role": "editor"})
    assert AlbumMember.objects.get(pk=member.pk).role == "editor"
    signed_in.post(f"/albums/{album.pk}/sharing/{member.pk}/end/")
    assert not AlbumMember.objects.filter(pk=member.pk).exists()


def test_a_link_is_created_changed_and_revoked(signed_in: Client, album: Album) -> None:
    path = f"/albums/{album.pk}/"
    day = timezone.localdate() + timedelta(days=3)
    made = signed_in.post(
        f"{path}sharing/",
        {"what": "link", "link-last_day": day.isoformat(), "link-password": " open ", "link-downloads": "on"},
        follow=True,
    )
    link = ShareLink.objects.get()
    assert f"http://testserver/s/{link.token}/" in made.content.decode()
    assert link.password.startswith("md5$")
    assert (link.downloads, link.shows_names) == (True, False)
    assert link.expires_at is not None
    assert timezone.localtime(link.expires_at - timedelta(seconds=1)).date() == day
    assert f'value="{day.isoformat()}"' in signed_in.get(f"{path}links/{link.pk}/").content.decode()
    before = link.password
    signed_in.post(f"{path}links/{link.pk}/", {"link-last_day": "", "link-shows_names": "on"})
    link = ShareLink.objects.get()
    assert (link.expires_at, link.downloads, link.shows_names) == (None, False, True)
    assert link.password == before, "an empty field does not change the password"
    signed_in.post(f"{path}links/{link.pk}/", {"link-no_password": "on"})
    link.refresh_from_db()
    assert link.password == ""
    assert "stop working" in signed_in.get(f"{path}links/{link.pk}/revoke/").content.decode()
    assert ShareLink.objects.exists(), "a confirmation comes first"
    signed_in.post(f"{path}links/{link.pk}/revoke/")
    assert not ShareLink.objects.exists()


@pytest.mark.parametrize("day", ["2001-01-01", "tomorrow", "9999-12-31"])
def test_an_invalid_date_is_explained(signed_in: Client, album: Album, day: str) -> None:
    response = signed_in.post(f"/albums/{album.pk}/sharing/", {"what": "link", "link-last_day": day})
    assert response.status_code == 400
    assert 'role="alert"' in response.content.decode()
    assert not ShareLink.objects.exists()


def test_the_sharing_page_costs_the_same_for_many(
    signed_in: Client, album: Album, django_assert_max_num_queries: object
) -> None:
    for number in range(30):
        share_link_create(album=album)
        member_add(album=album, username=User.objects.create_user(f"u{number}").username, role="viewer")
    with django_assert_max_num_queries(5):  # type: ignore[operator]
        page = signed_in.get(f"/albums/{album.pk}/sharing/").content.decode()
    assert page.count("data-copy=") == 30


def test_links_of_other_accounts_are_not_found(eve: Client, stranger: User, album: Album) -> None:
    link = share_link_create(album=album)
    mine = album_create(owner=stranger, name="Mine")
    for pk in (album.pk, mine.pk):
        for end in ("", "revoke/"):
            assert eve.get(f"/albums/{pk}/links/{link.pk}/{end}").status_code == 404
            assert eve.post(f"/albums/{pk}/links/{link.pk}/{end}").status_code == 404
    assert ShareLink.objects.exists()


def names_in(response: object) -> list[str]:
    made = whole(response)
    return sorted(zipfile.ZipFile(io.BytesIO(made)).namelist())


def test_a_zip_of_selected_photos_has_only_the_visible_ones(
    signed_in: Client, eve: Client, owner: User, stranger: User, photo: Image
) -> None:
    second = stored_image(owner, number=2)
    theirs = stored_image(stranger, number=3)
    ids = f"{photo.pk},{second.pk},{theirs.pk},x,,99999999999"
    found = names_in(signed_in.post("/download/selection/", {"images": ids}))
    assert found == ["photo-1.jpg", "photo-2.jpg"]
    assert names_in(signed_in.post("/download/selection/", {"image": [second.pk]})) == ["photo-2.jpg"]
    assert len(names_in(signed_in.post("/download/selection/", {"image": f"{second.pk},{photo.pk}"}))) == 2
    assert eve.post("/download/selection/", {"image": [photo.pk]}).status_code == 302
    assert Client().post("/download/selection/", {"image": [photo.pk]}).status_code == 302
    assert signed_in.get("/download/selection/").status_code == 405


def test_a_zip_of_a_shared_album_has_the_photos_of_all(
    eve: Client, owner: User, stranger: User, album: Album
) -> None:
    member_add(album=album, username="eve", role="editor")
    album_add_images(album=album, images=[stored_image(stranger, number=3)], by=stranger)
    assert names_in(eve.get(f"/albums/{album.pk}/download/")) == ["photo-1.jpg", "photo-3.jpg"]


def test_too_many_simultaneous_zips_are_refused_with_a_message(
    signed_in: Client, album: Album, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_place(_places: object, _client: str) -> None:
        raise ArchivesBusy

    monkeypatch.setattr("albums.services.downloading.archives._Places.take", no_place)
    response = signed_in.get(f"/albums/{album.pk}/download/")
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "60"


def test_the_slideshow_takes_few_queries(
    signed_in: Client, owner: User, album: Album, django_assert_max_num_queries: object
) -> None:
    album_add_images(album=album, images=image_rows(owner, 150))
    with django_assert_max_num_queries(6):  # type: ignore[operator]
        listed = signed_in.get(f"/albums/{album.pk}/slideshow/pictures.json").json()
    assert len(listed["pictures"]) == 100


def test_pages_use_the_format_of_the_region_and_show_the_last_day_of_a_link(
    signed_in: Client, owner: User
) -> None:
    album = Album.objects.create(owner=owner, name="Holiday")
    # The end of June 4 is the beginning of June 5.
    ShareLink.objects.create(album=album, expires_at=datetime(2099, 6, 5, tzinfo=UTC))
    address = f"/albums/{album.pk}/sharing/"
    for header, text in (("en-US", "June 4, 2099"), ("en-GB", "4 Jun 2099"), ("fr-FR", "4 juin 2099")):
        page = signed_in.get(address, headers={"accept-language": header}).content.decode()
        assert text in page, header
        assert f'<html lang="{header.partition("-")[0]}' in page
