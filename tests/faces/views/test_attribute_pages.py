"""Age and gender on pages: the switch and its progress, the card of a face, the page of a person."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client

from faces import attribute_tasks
from faces.models import FaceAttributes, Person
from faces.services.attributes.consent import attributes_enabled
from faces.services.core.consent import recognition_set
from tests.faces.attributes import estimate, install_stand_in, switch_on
from tests.rows import face_row, image_rows, stored_image

SETTINGS = "/settings/faces/"
PANEL = "/settings/faces/age-gender/"
PART = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def queued(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the owners whose work is queued."""
    sent: list[int] = []
    monkeypatch.setattr(cache, "add", lambda *_args, **_kwargs: True)
    monkeypatch.setattr(attribute_tasks.resume_attributes, "delay", sent.append)
    return sent


@pytest.fixture
def model(settings: Any, tmp_path: Path) -> None:
    """A stand-in for the installed file."""
    settings.MODELS_DIR = tmp_path
    install_stand_in()


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def aged(owner: User, *ages: float, male: float = 0.9) -> Person:
    person = Person.objects.create(owner=owner, name="Anna")
    images = image_rows(owner, len(ages), apart=timedelta(days=365))
    for image, age in zip(images, ages, strict=True):
        estimate(face_row(image, person=person, crop=False), age, male=male)
    return person


def test_the_switch_is_off_at_first_and_starts_the_work(
    signed_in: Client,
    owner: User,
    model: None,
    queued: list[int],
    django_capture_on_commit_callbacks: Any,
) -> None:
    page = text(signed_in.get(SETTINGS))
    assert "Turn on estimates" in page
    assert "hx-get" not in page.split('id="attributes"')[1].split("</section>")[0]
    with django_capture_on_commit_callbacks(execute=True):
        answer = signed_in.post(f"{PANEL}on/", follow=True)
    assert "Turn off and delete the estimates" in text(answer)
    assert attributes_enabled(owner.pk)
    assert queued == [owner.pk]


def test_progress_is_shown_until_all_faces_are_estimated(signed_in: Client, owner: User, model: None) -> None:
    switch_on(owner)
    faces = [face_row(stored_image(owner, number=number)) for number in (1, 2)]
    estimate(faces[0], 30)
    panel = text(signed_in.get(PANEL, headers=PART))
    assert "1 of 2 faces estimated" in panel
    assert f'hx-get="{PANEL}"' in panel
    assert "<html" not in panel
    assert "Age and gender estimated" in text(signed_in.get("/settings/jobs/"))
    estimate(faces[1], 30)
    panel = text(signed_in.get(PANEL, headers=PART))
    assert "2 of 2 faces estimated" in panel
    assert "hx-get" not in panel
    assert signed_in.get(PANEL).headers["Location"] == SETTINGS


def test_off_deletes_the_estimates_and_shows_the_receipt(
    signed_in: Client, owner: User, model: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    aged(owner, 30)
    switch_on(owner)
    assert signed_in.get(f"{PANEL}off/").status_code == 405
    page = text(signed_in.post(f"{PANEL}off/", follow=True))
    assert "Estimates of age and gender" in page
    assert not FaceAttributes.objects.exists()
    assert not attributes_enabled(owner.pk)


def test_without_the_model_the_page_names_the_command(
    signed_in: Client, owner: User, settings: Any, tmp_path: Path, queued: list[int]
) -> None:
    settings.MODELS_DIR = tmp_path
    page = text(signed_in.get(SETTINGS))
    assert "bin/manage fetch_models age_gender" in page
    assert "Turn on estimates" not in page
    answer = text(signed_in.post(f"{PANEL}on/", follow=True))
    assert "The model age_gender is not installed on this server" in answer
    assert not attributes_enabled(owner.pk)
    assert queued == []


def test_without_face_recognition_there_is_no_switch(signed_in: Client, owner: User, model: None) -> None:
    recognition_set(owner=owner, enabled=False)
    assert "Age and gender" not in text(signed_in.get(SETTINGS))
    assert "Face recognition is off" in text(signed_in.post(f"{PANEL}on/", follow=True))
    assert not attributes_enabled(owner.pk)


def test_a_card_shows_age_and_gender_as_estimates(signed_in: Client, owner: User) -> None:
    face = aged(owner, 34).faces.get()
    card = text(signed_in.get(f"/faces/{face.pk}/", headers=PART))
    assert "Age: about 34 (25 to 44), estimate" in card
    assert "Gender: probably male (90%), estimate" in card


def test_a_card_shows_no_gender_of_a_child_and_nothing_without_estimates(
    signed_in: Client, owner: User
) -> None:
    child = aged(owner, 9).faces.get()
    card = text(signed_in.get(f"/faces/{child.pk}/", headers=PART))
    assert "about 9 (" in card
    assert "Gender" not in card
    child.attributes.delete()
    assert "Age:" not in text(signed_in.get(f"/faces/{child.pk}/", headers=PART))


def test_a_card_computes_the_age_from_a_birth_date(signed_in: Client, owner: User) -> None:
    person = aged(owner, 34)
    Person.objects.filter(pk=person.pk).update(birth_date=date(1990, 1, 1))
    card = text(signed_in.get(f"/faces/{person.faces.get().pk}/", headers=PART))
    assert "Age: 34, from the date of birth" in card
    assert "Age: about" not in card


def test_a_persons_page_draws_the_ages_over_time(signed_in: Client, owner: User) -> None:
    person = aged(owner, 40, 39, 38, 36)
    page = text(signed_in.get(f"/people/{person.pk}/"))
    assert "born about 1984 (estimate)" in page
    assert "Estimated age: 36 in 2021, 40 in 2024" in page
    chart = page.split('<svg class="age-chart"')[1].split("</svg>")[0]
    assert chart.count("<circle") == 4
    assert chart.count('class="range"') == 4
    assert "style=" not in chart
    Person.objects.filter(pk=person.pk).update(birth_date=date(1985, 1, 1))
    page = text(signed_in.get(f"/people/{person.pk}/"))
    assert "estimate" not in page.split("person-tools")[0].split("<h1")[1]
    assert "Age: 36 in 2021, 39 in 2024" in page
    assert 'class="range"' not in page


def test_a_persons_page_without_ages_has_no_chart(signed_in: Client, owner: User) -> None:
    person = Person.objects.create(owner=owner, name="Ben")
    face_row(stored_image(owner), person=person)
    page = text(signed_in.get(f"/people/{person.pk}/"))
    assert "age-chart" not in page
    assert "born" not in page


def test_the_search_has_ages_as_chips(signed_in: Client, owner: User) -> None:
    person = aged(owner, 34, 9)
    switch_on(owner)
    page = text(signed_in.get("/search/?age=30-40"))
    assert "30 to 40 years old" in page
    image = person.faces.get(attributes__age=34).image_id
    assert f'href="/photos/{image}/' in page
    assert page.count('href="/photos/') >= 1
    assert f'href="/photos/{person.faces.get(attributes__age=9).image_id}/' not in page
    assert "Adults" in text(signed_in.get("/search/?q=adu"))


def test_another_account_sees_nothing_of_it(signed_in: Client, owner: User, stranger: User) -> None:
    face = aged(stranger, 34).faces.get()
    switch_on(stranger)
    assert signed_in.get(f"/faces/{face.pk}/").status_code == 404
    page = text(signed_in.get("/search/?age=adults"))
    assert f"/photos/{face.image_id}/" not in page
    signed_in.post(f"{PANEL}off/")
    assert FaceAttributes.objects.filter(face=face).exists()
    assert attributes_enabled(stranger.pk)
