"""Downloads over a share link: without position and serial numbers, unless its maker keeps them."""

import io
import zipfile
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from PIL import Image as Pillow

from albums.models import Album, Image, ShareLink
from albums.services.arranging.albums import album_add_images, album_create
from albums.services.arranging.share_links import share_link_create
from albums.services.reading.renditions import image_read
from albums.services.uploading.uploads import image_store
from tests import drawing
from tests.private_files import FORMATS, SECRETS, private_jpeg
from tests.rows import whole

LOCATION = ("with location", "without location")


def stored(owner: User, path: Path, content: bytes) -> Image:
    path.write_bytes(content)
    image = image_store(owner=owner, source=path, source_path=path.name).image
    assert image is not None
    assert image_read(image=image)
    return image


def shared(owner: User, *images: Image, keeps_location: bool = False) -> ShareLink:
    album = album_create(owner=owner, name=f"Shared {Album.objects.count()}")
    album_add_images(album=album, images=list(images))
    return share_link_create(album=album, keeps_location=keeps_location)


def doors(link: ShareLink, image: Image) -> list[str]:
    return [
        f"/s/{link.token}/photos/{image.pk}/original",
        f"/api/v1/shared/{link.token}/images/{image.pk}/original/",
    ]


def archives(link: ShareLink) -> list[str]:
    return [f"/s/{link.token}/download/", f"/api/v1/shared/{link.token}/zip/"]


@pytest.fixture
def photos(owner: User, tmp_path: Path) -> list[Image]:
    made = {"jpeg": "a.jpg", "png": "b.png", "webp": "c.webp", "tiff": "d.tif", "heic": "e.heic"}
    return [stored(owner, tmp_path / name, FORMATS[kind]()) for kind, name in made.items()]


def test_every_download_of_a_link_comes_without_position(
    client: Client, owner: User, photos: list[Image]
) -> None:
    link = shared(owner, *photos)
    for image in photos:
        for door in doors(link, image):
            response = client.get(door)
            content = whole(response)
            assert not [secret for secret in SECRETS if secret in content], door
            assert int(response.headers["Content-Length"]) == len(content) == image.size_bytes
            assert image.sha256 not in str(response.headers)
            part = client.get(door, headers={"Range": "bytes=100-1999"})
            assert (part.status_code, whole(part)) == (206, content[100:2000])
            again = client.get(door, headers={"If-None-Match": response.headers["ETag"]})
            assert again.status_code == 304
    for door in archives(link):
        response = client.get(door)
        content = whole(response)
        assert int(response.headers["Content-Length"]) == len(content)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            assert archive.testzip() is None
            assert sorted(archive.namelist()) == ["a.jpg", "b.png", "c.webp", "d.tif", "e.heic"]
            for name in archive.namelist():
                assert not [secret for secret in SECRETS if secret in archive.read(name)], name


def test_a_link_whose_maker_keeps_the_location_sends_originals_byte_for_byte(
    client: Client, owner: User, photos: list[Image]
) -> None:
    link = shared(owner, *photos, keeps_location=True)
    for image in photos:
        for door in doors(link, image):
            response = client.get(door)
            assert whole(response) == image.original.open("rb").read()
            assert image.sha256 not in str(response.headers), "the digest tells who else has the file"
    for door in archives(link):
        with zipfile.ZipFile(io.BytesIO(whole(client.get(door)))) as archive:
            assert archive.read("a.jpg") == photos[0].original.open("rb").read()


def test_a_file_that_cannot_be_cleaned_is_replaced_by_its_preview(
    client: Client, owner: User, tmp_path: Path
) -> None:
    file = io.BytesIO()
    drawing.quarters().save(file, "TIFF", big_tiff=True, description="SECRET")
    image = stored(owner, tmp_path / "large.tif", file.getvalue())
    link = shared(owner, image)
    for door in doors(link, image):
        response = client.get(door)
        assert response.headers["Content-Type"] == "image/jpeg"
        assert Pillow.open(io.BytesIO(whole(response))).format == "JPEG"
    for door in archives(link):
        with zipfile.ZipFile(io.BytesIO(whole(client.get(door)))) as archive:
            assert archive.namelist() == ["large.jpg"]
            assert b"SECRET" not in archive.read("large.jpg")
            assert Pillow.open(io.BytesIO(archive.read("large.jpg"))).size == (96, 64)


def test_renditions_carry_no_metadata(client: Client, owner: User, tmp_path: Path) -> None:
    image = stored(owner, tmp_path / "a.jpg", private_jpeg())
    for rendition in image.renditions.all():
        content = rendition.file.open("rb").read()
        assert b"Exif" not in content
        assert not [secret for secret in SECRETS if secret in content]


def test_the_form_says_what_downloads_carry_and_its_maker_chooses(
    signed_in: Client, owner: User, photos: list[Image]
) -> None:
    album = shared(owner, *photos).album
    path = f"/albums/{album.pk}/sharing/"
    page = signed_in.get(path).content.decode()
    assert "Keep location in downloads" in page
    assert [words in page for words in LOCATION] == [False, True]
    signed_in.post(path, {"what": "link", "link-downloads": "on", "link-keeps_location": "on"})
    link = album.share_links.latest("pk")
    assert link.keeps_location
    assert LOCATION[0] in signed_in.get(path).content.decode()
    signed_in.post(f"/albums/{album.pk}/links/{link.pk}/", {"link-downloads": "on"})
    link.refresh_from_db()
    assert not link.keeps_location


def test_the_api_has_the_choice(signed_in: Client, owner: User, photos: list[Image]) -> None:
    album = shared(owner, *photos).album
    links = f"/api/v1/albums/{album.pk}/links/"
    made = signed_in.post(links, {}, content_type="application/json").json()
    assert made["keeps_location"] is False
    changed = signed_in.patch(
        f"/api/v1/links/{made['id']}/", {"keeps_location": True}, content_type="application/json"
    )
    assert changed.json()["keeps_location"] is True
    assert signed_in.get(f"/api/v1/shared/{made['token']}/").json()["keeps_location"] is True
