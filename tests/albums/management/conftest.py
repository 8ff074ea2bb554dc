"""A committed library with photos, faces and a name, and a second database, for backups and restores."""

import secrets
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from django.contrib.auth.models import User
from django.db import connection
from psycopg import sql
from pytest_django import Settings

from albums.models import Image
from albums.services.arranging.albums import album_add_images, album_get_or_create
from albums.services.erasing.bin import images_bin
from faces.models import Person
from faces.services.people.edits import faces_confirm, person_name
from tests.albums.photos import whole_photo
from tests.faces.coloured import face
from tests.rows import upload_row


@pytest.fixture
def committed_owner(transactional_db: None) -> User:
    """A committed account, since a backup uses its own connections."""
    return User.objects.create_user("ada", password="a-long-one")


@pytest.fixture
def album(committed_owner: User, tmp_path: Path, settings: Settings) -> Path:
    """The data folder of an album with photos, faces, a name, a bin and an unfinished upload."""
    owner = committed_owner
    settings.DATA_DIR = tmp_path / "data"
    settings.MEDIA_ROOT = tmp_path / "data" / "media"
    settings.UPLOAD_FOLDER = tmp_path / "data" / "uploads"
    (tmp_path / "data").mkdir(mode=0o700)
    (tmp_path / "data" / "secret_key").write_text("very secret\n")
    images = [whole_photo(owner, tmp_path / "given" / f"{seed}.jpg", seed) for seed in range(1, 6)]
    ruby = Person.objects.create(owner=owner)
    faces = [face(image, person=ruby) for image in images[:3]]
    person_name(person=ruby, name="Ruby Räd", by=owner)
    faces_confirm(faces=faces[:1], by=owner)
    album_add_images(album=album_get_or_create(owner=owner, name="The wedding"), images=images[:2])
    images_bin(images=Image.objects.filter(pk=images[4].pk), by=owner)
    upload_row(owner, name="half.jpg", size_bytes=9, received_bytes=4)
    return tmp_path


@pytest.fixture
def second_database() -> Iterator[str]:
    """The URL of a second, empty database."""
    given, name = connection.settings_dict, f"restored_{secrets.token_hex(4)}"
    options = {key: given[key.upper()] for key in ("host", "port", "user", "password")}
    address = f"{given['USER']}:{quote(given['PASSWORD'])}@{quote(given['HOST'], safe='')}:{given['PORT']}"
    with psycopg.connect(dbname="postgres", autocommit=True, **options) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield f"postgres://{address}/{name}"
        server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
