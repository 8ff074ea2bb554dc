"""The card of one face, and the form behind it; drawing a box."""

import pytest
from django.contrib.auth.models import User
from django.contrib.messages import get_messages
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from albums.models import AlbumMember
from faces.models import Change, Face, Person, Verdict
from tests.faces.coloured import ColourDetector, photo
from tests.rows import album_of, face_row, image_rows, stored_image

PART = {"HX-Request": "true"}


def verdicts(response: object) -> str:
    return " ".join(str(message) for message in get_messages(response.wsgi_request))  # type: ignore[attr-defined]


@pytest.fixture
def anna(owner: User) -> Person:
    return Person.objects.create(owner=owner, name="Anna")


def test_a_face_has_a_page_of_its_own_and_a_card_for_scripts(
    signed_in: Client, owner: User, anna: Person
) -> None:
    face = face_row(stored_image(owner), person=anna)
    page = signed_in.get(f"/faces/{face.pk}/").content.decode()
    card = signed_in.get(f"/faces/{face.pk}/", headers=PART).content.decode()
    assert "<html" in page
    assert "<html" not in card
    for text in (page, card):
        assert "Not Anna" in text
        assert "Yes, Anna" in text
        assert "Not a face" in text


def test_a_change_is_reported_on_the_photo_it_came_from(signed_in: Client, owner: User, anna: Person) -> None:
    face = face_row(stored_image(owner))
    here = f"/photos/{face.image_id}/?person={anna.pk}"
    answer = signed_in.post(f"/faces/{face.pk}/", {"who": "anna", "action": "name", "next": here})
    assert answer.headers["Location"] == here
    face.refresh_from_db()
    assert face.person == anna
    back = signed_in.get(here, headers=PART).content.decode()
    assert "Saved: Anna" in back
    change = Change.objects.get()
    assert f"/changes/{change.pk}/undo/" in back


@pytest.mark.parametrize(
    "address", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:x", ""]
)
def test_one_is_never_sent_to_another_site(signed_in: Client, owner: User, address: str) -> None:
    face = face_row(stored_image(owner))
    answer = signed_in.post(f"/faces/{face.pk}/", {"who": "Anna", "next": address})
    assert answer.headers["Location"] == f"/photos/{face.image_id}/"
    card = signed_in.get(f"/faces/{face.pk}/", {"next": address}, headers=PART)
    assert "elsewhere" not in card.content.decode()


@pytest.mark.parametrize(
    ("action", "kind"),
    [("confirm", "confirm"), ("reject", "reject"), ("other", "assign"), ("dismiss", "dismiss")],
)
def test_each_button_is_one_change(
    signed_in: Client, owner: User, anna: Person, action: str, kind: str
) -> None:
    face = face_row(stored_image(owner), person=anna)
    answer = signed_in.post(f"/faces/{face.pk}/", {"action": action})
    assert answer.status_code == 302
    assert Change.objects.get().kind == kind
    assert verdicts(answer)


def test_a_face_can_stand_for_its_person(signed_in: Client, owner: User, anna: Person) -> None:
    face = face_row(stored_image(owner), person=anna)
    signed_in.post(f"/faces/{face.pk}/", {"action": "cover"})
    anna.refresh_from_db()
    assert anna.cover == face


def test_a_taken_name_is_a_question_with_both_faces(signed_in: Client, owner: User, anna: Person) -> None:
    covered = face_row(stored_image(owner, number=9), person=anna)
    Person.objects.filter(pk=anna.pk).update(cover=covered)
    group = Person.objects.create(owner=owner)
    faces = [face_row(stored_image(owner, number=number), person=group) for number in range(2)]
    address = f"/faces/{faces[0].pk}/"
    response = signed_in.post(address, {"who": "Anna", "action": "name"}, headers=PART)
    page = response.content.decode()
    assert response.status_code == 200
    assert "Is this group also Anna?" in page
    assert f"/faces/{covered.pk}/crop.jpg" in page
    assert not Change.objects.exists()
    signed_in.post(address, {"who": "Anna", "action": "merge"})
    assert set(Face.objects.values_list("person_id", flat=True)) == {anna.pk}
    assert Change.objects.count() == 1


def test_an_error_is_shown_on_the_card_and_the_input_stays(signed_in: Client, owner: User) -> None:
    face = face_row(stored_image(owner))
    answer = signed_in.post(f"/faces/{face.pk}/", {"who": "x" * 201, "action": "name"}, headers=PART)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.content.decode()
    assert "x" * 201 in answer.content.decode()
    assert signed_in.post(f"/faces/{face.pk}/", {"action": "fly"}, headers=PART).status_code == 400
    assert not Change.objects.exists()


def test_a_suggested_person_is_one_press_and_must_be_ones_own(
    signed_in: Client, owner: User, stranger: User, anna: Person
) -> None:
    face = face_row(stored_image(owner))
    theirs = Person.objects.create(owner=stranger, name="Eve")
    assert signed_in.post(f"/faces/{face.pk}/", {"person": theirs.pk}).status_code == 404
    assert signed_in.post(f"/faces/{face.pk}/", {"person": "x"}).status_code == 404
    signed_in.post(f"/faces/{face.pk}/", {"person": anna.pk})
    assert Verdict.objects.get().person == anna


def test_the_face_of_somebody_else_is_as_absent_as_one_that_never_was(
    signed_in: Client, owner: User, stranger: User
) -> None:
    theirs = face_row(stored_image(stranger))
    album = album_of(stranger, theirs.image, name="Shared")
    AlbumMember.objects.create(album=album, user=owner, role="editor")
    for method in (signed_in.get, signed_in.post):
        there, never = method(f"/faces/{theirs.pk}/"), method(f"/faces/{theirs.pk + 999}/")
        assert there.status_code == never.status_code == 404
        assert there.content == never.content
    box = {"x": 0.1, "y": 0.1, "w": 0.3, "h": 0.3}
    assert signed_in.post(f"/photos/{theirs.image_id}/faces/", box).status_code == 404
    assert Face.objects.count() == 1


def test_a_visitor_is_redirected_to_sign_in(client: Client, owner: User) -> None:
    for path in ("/faces/1/", "/photos/1/faces/"):
        assert client.post(path).headers["Location"].startswith("/sign-in/")


def test_a_card_costs_as_many_queries_in_a_large_group_as_in_a_small_one(
    signed_in: Client, owner: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    group = Person.objects.create(owner=owner)
    for image in image_rows(owner, 40):
        face = face_row(image, person=group, crop=False)
    with django_assert_max_num_queries(9):
        page = signed_in.get(f"/faces/{face.pk}/", headers=PART).content.decode()
    assert "In an unnamed group of 40 faces" in page


def test_a_drawn_box_becomes_a_face_with_its_name(
    signed_in: Client, owner: User, detector: ColourDetector
) -> None:
    image = photo(owner, red=(100, 50, 120))
    box = {"x": 0.2, "y": 0.15, "w": 0.26, "h": 0.39, "who": "Anna"}
    answer = signed_in.post(f"/photos/{image.pk}/faces/", box)
    assert answer.headers["Location"] == f"/photos/{image.pk}/"
    assert verdicts(answer) == "Face added: Anna"
    assert Face.objects.get().drawn


@pytest.mark.parametrize(
    "box",
    [
        {},
        {"x": "a", "y": 0, "w": 1, "h": 1},
        {"x": "nan", "y": 0, "w": 1, "h": 1},
        {"x": 0, "y": 0, "w": "inf", "h": 1},
        {"x": -1, "y": 0, "w": 1, "h": 1},
        {"x": 0.5, "y": 0.5, "w": 0.0001, "h": 0.5},
        {"x": 0.1, "y": 0.1, "w": 0.5, "h": 0.5, "who": "two\nlines"},
    ],
)
def test_an_invalid_box_is_refused(
    signed_in: Client, owner: User, detector: ColourDetector, box: dict[str, object]
) -> None:
    image = photo(owner, red=(100, 50, 120))
    answer = signed_in.post(f"/photos/{image.pk}/faces/", box)
    assert answer.status_code == 302
    assert verdicts(answer)
    assert not Face.objects.exists()
