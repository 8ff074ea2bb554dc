"""The page "Who do I look like?", with pictures of coloured people and the real search."""

import re
from unittest.mock import ANY

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from albums.models import Album, Image
from faces.models import Face, Person
from tests.faces.coloured import ColourDetector, drawn, face, photo
from tests.faces.galleries import Gallery, gallery_create
from tests.rows import whole

PAGE = "/studio/lookalike/"


@pytest.fixture
def gallery(owner: User, stranger: User) -> Gallery:
    """The stranger's gallery, shared with the signed-in account."""
    return gallery_create(stranger, owner)


def picture(**people: tuple[int, int, int]) -> SimpleUploadedFile:
    return SimpleUploadedFile("me.png", drawn(**people))


def names(page: str) -> list[str]:
    """Return the names in the order of the page."""
    found = re.findall(r"<figcaption>(\w+)</figcaption>|<strong class=\"name-cut\"[^>]*>(\w+)<", page)
    return [first or second for first, second in found]


def test_the_most_similar_person_is_large_and_the_others_follow(
    signed_in: Client, gallery: Gallery, detector: ColourDetector
) -> None:
    data = {"gallery": gallery.album.pk, "picture": picture(green=(150, 60, 200))}
    page = signed_in.post(PAGE, data).content.decode()
    assert names(page) == ["You", "Gael", *sorted(["Rose", "Bela"], key=names(page).index)]
    assert "Similarity: over 99%" in page
    assert "It does not mean that this is you" in page
    for one in gallery.faces.values():
        assert f"/studio/lookalike/{gallery.album.pk}/faces/{one.pk}.jpg" in page
    assert f"/photos/{gallery.faces['green'].image_id}/?album={gallery.album.pk}" in page
    assert "Secret" not in page


def test_nothing_of_the_picture_is_stored(
    signed_in: Client, gallery: Gallery, detector: ColourDetector
) -> None:
    before = Image.objects.count(), Face.objects.count()
    response = signed_in.post(PAGE, {"picture": picture(red=(150, 60, 200))})
    assert (Image.objects.count(), Face.objects.count()) == before
    assert "no-store" in response.headers["Cache-Control"]
    assert "camera=(self)" in response.headers["Permissions-Policy"]


def test_another_face_of_the_picture_is_compared_without_another_upload(
    signed_in: Client, gallery: Gallery, detector: ColourDetector
) -> None:
    both = picture(red=(20, 60, 200), blue=(280, 60, 150))
    page = signed_in.post(PAGE, {"gallery": gallery.album.pk, "picture": both}).content.decode()
    assert names(page)[1] == "Rose"
    copies = re.search(r'name="picture_copy" value="([^"]+)"', page)
    assert copies
    indexes = re.findall(r'name="face_index" value="(\d)"', page)
    assert sorted(indexes) == ["0", "1"]
    answers = {
        names(
            signed_in.post(
                PAGE, {"gallery": gallery.album.pk, "picture_copy": copies[1], "face_index": index}
            ).content.decode()
        )[1]
        for index in indexes
    }
    assert answers == {"Rose", "Bela"}


def test_a_stored_face_of_the_user_is_picked_and_compared(
    signed_in: Client, owner: User, gallery: Gallery, detector: ColourDetector
) -> None:
    me = Person.objects.create(owner=owner, name="Ada")
    mine = face(photo(owner, blue=(10, 10, 100)), "blue", person=me)
    picked = signed_in.post(PAGE, {"gallery": gallery.album.pk, "pick": "face"}).content.decode()
    assert f'action="{PAGE}"' in picked
    assert f'name="gallery" value="{gallery.album.pk}"' in picked
    picks = {"gallery": gallery.album.pk, "pick": "face", "choose": f"face:{mine.pk}"}
    for page in (
        signed_in.post(PAGE, picks).content.decode(),
        signed_in.get(PAGE, {"gallery": gallery.album.pk, "face": mine.pk}).content.decode(),
    ):
        assert names(page)[1] == "Bela"
        assert f"/faces/{mine.pk}/crop.jpg" in page


def test_problems_are_explained(
    signed_in: Client, owner: User, gallery: Gallery, detector: ColourDetector
) -> None:
    def answer(**data: object) -> tuple[int, str]:
        response = signed_in.post(PAGE, {"gallery": gallery.album.pk, **data})
        return response.status_code, response.content.decode()

    assert answer() == (400, ANY)
    assert "Choose an image first." in answer()[1]
    assert "No face found in this image" in answer(picture=picture())[1]
    assert answer(picture=SimpleUploadedFile("x.jpg", b"<html>"))[0] == 400
    # Of several galleries none is selected by itself.
    Album.objects.create(owner=owner, name="Second", gallery=True)
    response = signed_in.post(PAGE, {"gallery": "", "picture": picture(red=(150, 60, 200))})
    assert response.status_code == 400
    assert "Choose a gallery first." in response.content.decode()


def test_without_a_gallery_the_page_says_how_to_make_one(signed_in: Client) -> None:
    page = signed_in.get(PAGE).content.decode()
    assert "There is no gallery yet" in page
    assert "type=file" not in page


def test_accounts_without_access_get_404_for_gallery_faces_and_crops(
    client: Client, gallery: Gallery, detector: ColourDetector
) -> None:
    client.force_login(User.objects.create_user("mallory"))
    crop = f"{PAGE}{gallery.album.pk}/faces/{gallery.faces['red'].pk}.jpg"
    assert client.get(PAGE, {"gallery": gallery.album.pk}).status_code == 404
    data = {"gallery": gallery.album.pk, "picture": picture(red=(150, 60, 200))}
    assert client.post(PAGE, data).status_code == 404
    assert client.get(crop).status_code == 404
    assert client.get(f"/faces/{gallery.faces['red'].pk}/crop.jpg").status_code == 404


def test_members_see_crops_of_the_gallery_and_no_others(signed_in: Client, gallery: Gallery) -> None:
    address = f"{PAGE}{gallery.album.pk}/faces"
    shown = signed_in.get(f"{address}/{gallery.faces['red'].pk}.jpg")
    assert (shown.status_code, shown.headers["Content-Type"]) == (200, "image/jpeg")
    assert whole(shown).startswith(b"\xff\xd8")
    assert signed_in.get(f"{address}/{gallery.outside.pk}.jpg").status_code == 404
    assert (
        signed_in.get(PAGE, {"gallery": gallery.album.pk, "face": gallery.faces["red"].pk}).status_code == 404
    )
    Album.objects.update(gallery=False)
    assert signed_in.get(f"{address}/{gallery.faces['red'].pk}.jpg").status_code == 404


def test_the_owner_marks_an_album_on_its_edit_page(signed_in: Client, owner: User) -> None:
    album = Album.objects.create(owner=owner, name="Class of 1995")
    edit = f"/albums/{album.pk}/edit/"
    assert "Look-alike gallery" in signed_in.get(edit).content.decode()
    signed_in.post(edit, {"name": album.name, "sort": "newest", "gallery": "on"})
    album.refresh_from_db()
    assert album.gallery
    assert f"{PAGE}?gallery={album.pk}" in signed_in.get(f"/albums/{album.pk}/").content.decode()
    signed_in.post(edit, {"name": album.name, "sort": "newest"})
    album.refresh_from_db()
    assert not album.gallery
