"""Names that look alike are one name at every entry, and a name has something to see."""

import unicodedata
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client

from albums.exceptions import AlbumNameTaken
from albums.models import Album
from albums.services.arranging.albums import album_create, album_get_or_create
from albums.services.uploading.folder_import import album_name
from albums.services.uploading.gallery_folders import people_folders
from albums.validators import plain_name, validate_plain_text
from api.models import ApiToken
from faces.exceptions import NameRefused, NameTaken
from faces.models import Person
from faces.services.people.edits import person_name
from faces.services.people.naming import person_named

COMPOSED = "José Núñez"
DECOMPOSED = unicodedata.normalize("NFD", COMPOSED)
INVISIBLE = [
    "\u200b",
    "\u200b\u200d\u2060",
    "\u3164",
    "\u2800\u2800",
    "\u00ad",
    "\u202e\u202c",
    "\ufeff",
    "\u0301",
]


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        (DECOMPOSED, COMPOSED),
        ("\u200bAnna \u00a0 Lee\u200e\u3164", "Anna Lee"),
        ("علی‌رضا", "علی‌رضا"),
        ("👩‍👧 ❤️", "👩‍👧 ❤️"),
        ("🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",) * 2,
        ("नि", "नि"),
        *((name, "") for name in INVISIBLE),
    ],
)
def test_a_name_has_one_form(written: str, stored: str) -> None:
    assert plain_name(written) == stored
    assert plain_name(stored) == stored


@pytest.mark.parametrize("name", INVISIBLE, ids=ascii)
def test_a_name_of_invisible_characters_is_refused_at_every_entry(
    signed_in: Client, owner: User, name: str
) -> None:
    with pytest.raises(ValidationError, match="invisible"):
        validate_plain_text(name)
    person = Person.objects.create(owner=owner, name="Anna")
    with pytest.raises(NameRefused, match="invisible"):
        person_name(person=person, name=name, by=owner)
    assert Person.objects.get().name == "Anna"
    for make in (album_create, album_get_or_create):
        with pytest.raises(ValidationError, match="invisible"):
            make(owner=owner, name=name)
    assert "invisible" in signed_in.post("/albums/", {"name": name}).content.decode()
    assert "invisible" in signed_in.post(f"/people/{person.pk}/", {"name": name}).content.decode()
    json: dict[str, Any] = {"content_type": "application/json"}
    for path, data in (
        ("/albums/", {"name": name}),
        ("/me/tokens/", {"name": name, "scopes": ["read"]}),
    ):
        answer = signed_in.post(f"/api/v1{path}", data, **json)
        assert (answer.status_code, "invisible" in answer.content.decode()) == (400, True), path
    answer = signed_in.patch(f"/api/v1/people/{person.pk}/", {"name": name}, **json)
    assert (answer.status_code, "invisible" in answer.content.decode()) == (400, True)
    # Django allows alphabetic characters in an account's name, of which some draw nothing.
    answer = signed_in.patch("/api/v1/me/", {"username": name}, **json)
    assert answer.status_code == 400
    assert not Album.objects.exists()
    assert not ApiToken.objects.exists()


def test_a_person_and_an_album_are_one_however_their_name_is_written(signed_in: Client, owner: User) -> None:
    first, second = (Person.objects.create(owner=owner) for _ in range(2))
    assert person_name(person=first, name=DECOMPOSED, by=owner).name == COMPOSED
    with pytest.raises(NameTaken):
        person_name(person=second, name=COMPOSED, by=owner)
    with pytest.raises(NameTaken):
        person_name(person=second, name=DECOMPOSED.upper(), by=owner)
    assert person_named(owner=owner, name=DECOMPOSED) == first
    album = album_create(owner=owner, name=DECOMPOSED)
    assert album.name == COMPOSED
    with pytest.raises(AlbumNameTaken):
        album_create(owner=owner, name=COMPOSED)
    assert album_get_or_create(owner=owner, name=DECOMPOSED) == album
    assert "already have an album" in signed_in.post("/albums/", {"name": DECOMPOSED}).content.decode()


def test_a_taken_album_name_has_a_code_and_a_translated_message(signed_in: Client, owner: User) -> None:
    album_create(owner=owner, name="Summer")
    other = album_create(owner=owner, name="Winter")
    json: dict[str, Any] = {"content_type": "application/json", "headers": {"Accept-Language": "fr"}}
    for answer in (
        signed_in.post("/api/v1/albums/", {"name": "Summer"}, **json),
        signed_in.patch(f"/api/v1/albums/{other.pk}/", {"name": "Summer"}, **json),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "name_taken")
        assert "album" in answer.json()["detail"]
        assert "already" not in answer.json()["detail"]


def test_folders_of_a_mac_are_the_people_and_albums_they_name() -> None:
    assert album_name(DECOMPOSED) == COMPOSED
    assert album_name("\u200b") == "Photos"
    assert people_folders({f"{COMPOSED}/1.jpg": 1, f"{DECOMPOSED}/2.jpg": 2}) == {COMPOSED: {1, 2}}


def test_names_of_before_get_one_form_and_none_is_lost(owner: User) -> None:
    written = [COMPOSED, DECOMPOSED, f"{DECOMPOSED}\u200b", "\u3164", "Ben"]
    people = Person.objects.bulk_create(Person(owner=owner, name=str(number)) for number in range(5))
    albums = Album.objects.bulk_create(Album(owner=owner, name=str(number)) for number in range(5))
    with connection.cursor() as cursor:
        for rows, table in ((people, "faces_person"), (albums, "albums_album")):
            for row, name in zip(rows, written, strict=True):
                cursor.execute(f"UPDATE {table} SET name = %s WHERE id = %s", [name, row.pk])
    import_module("albums.migrations.0017_names_in_one_form").names_plain(apps, None)
    import_module("faces.migrations.0018_names_in_one_form").names_plain(apps, None)
    expected = [COMPOSED, f"{COMPOSED} (2)", f"{COMPOSED} (3)", "?", "Ben"]
    for model in (Person, Album):
        assert list(model.objects.order_by("pk").values_list("name", flat=True)) == expected
