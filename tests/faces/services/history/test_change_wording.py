"""Changes are shown in the reader's language."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.utils import translation

from albums.models import Preferences
from faces.models import Change, Face
from faces.services.history.history import changes_of
from faces.services.people import edits
from tests.faces.services.conftest import World

pytestmark = pytest.mark.django_db


def read_in(language: str, change: Change) -> str:
    with translation.override(language):
        return change.summary


def test_what_a_french_hand_did_is_read_in_spanish(world: World) -> None:
    with translation.override("fr"):
        anna = edits.person_name(person=world.person(*world.photo(0)), name="Anna", by=world.owner)
        edits.faces_assign(faces=list(Face.objects.all()), person=None, by=world.owner)
    moved, named = changes_of(world.owner)
    assert (named.summary, moved.summary) == (f"Named {anna.name}", "Moved 1 face to a new person")
    assert "1 cara" in read_in("es", moved)


def test_a_change_that_is_older_than_its_wording_keeps_its_words(owner: User) -> None:
    Change.objects.create(owner=owner, kind=Change.Kind.NAME, text="Anna genannt")
    assert [change.summary for change in changes_of(owner)] == ["Anna genannt"]


def test_a_change_without_any_words_says_what_kind_it_is(owner: User) -> None:
    change = Change.objects.create(owner=owner, kind=Change.Kind.MERGE)
    assert (change.summary, read_in("fr", change)) == ("Merged", "Fusion")


def test_the_journal_and_the_api_speak_the_readers_language(world: World, client: Client) -> None:
    edits.person_name(person=world.person(*world.photo(0)), name="Anna", by=world.owner)
    Preferences.objects.create(user=world.owner, language="fr")
    client.force_login(world.owner)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "fr"
    translated = read_in("fr", Change.objects.get())
    assert translated != "Named Anna"
    assert translated in client.get("/changes/").content.decode()
    answer = client.get("/api/v1/changes/", headers={"accept-language": "fr"}).json()
    assert answer["results"][0]["summary"] == translated
