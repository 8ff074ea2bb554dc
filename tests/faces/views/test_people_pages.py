"""The people, one person, naming, and face crops."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from faces.models import Face, Person
from tests.rows import face_row, people_rows, stored_image

HTMX = {"HX-Request": "true"}


def test_an_empty_people_page_is_explained(signed_in: Client) -> None:
    assert "No people yet" in signed_in.get("/people/").content.decode()


@pytest.mark.parametrize("count", [10, 1000])
def test_a_thousand_people_cost_as_many_queries_as_ten(
    signed_in: Client, owner: User, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    people_rows(owner, count)
    signed_in.get("/people/")
    with django_assert_num_queries(9):
        page = signed_in.get("/people/").content.decode()
    assert page.count('class="person-card"') == min(count, 60)


def test_the_largest_groups_are_shown_as_they_appear(signed_in: Client, owner: User) -> None:
    assert "See the people" not in signed_in.get("/people/found/").content.decode()
    people_rows(owner, 10)
    found = signed_in.get("/people/found/").content.decode()
    assert found.count('class="person-face"') == 8
    assert "See the people in them" in found


def test_named_people_come_first_by_name_then_the_largest_groups(signed_in: Client, owner: User) -> None:
    image = stored_image(owner)
    berta, anna = (Person.objects.create(owner=owner, name=name) for name in ("berta", "Anna"))
    small, large = (Person.objects.create(owner=owner) for _ in range(2))
    for person, faces in ((berta, 1), (anna, 1), (small, 1), (large, 3)):
        for _ in range(faces):
            face_row(image, person=person)
    face_row(image)
    page = signed_in.get("/people/").content.decode()
    places = [page.index(f'id="person-{person.pk}"') for person in (anna, berta, large, small)]
    assert places == sorted(places)
    assert "1 unassigned face" in page
    assert "1 face" in page
    assert "2 named, 2 unnamed" in page


def test_a_card_shows_the_cover_or_else_the_best_face(signed_in: Client, owner: User) -> None:
    image = stored_image(owner)
    person = Person.objects.create(owner=owner, name="Anna")
    cover, best = face_row(image, person=person, quality=0.2), face_row(image, person=person, quality=0.9)
    face_row(image, person=person, quality=1.0, crop=False)
    assert f"/faces/{best.pk}/crop.jpg" in signed_in.get("/people/").content.decode()
    Person.objects.filter(pk=person.pk).update(cover=cover)
    assert f"/faces/{cover.pk}/crop.jpg" in signed_in.get("/people/").content.decode()


def test_hidden_people_are_behind_a_link(signed_in: Client, owner: User) -> None:
    Person.objects.create(owner=owner, name="Anna", hidden=True)
    page = signed_in.get("/people/").content.decode()
    assert "Anna" not in page
    assert "1 hidden" in page
    assert "Anna" in signed_in.get("/people/?hidden=1").content.decode()


def test_a_person_has_all_their_photos_and_faces(
    signed_in: Client, owner: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    person = Person.objects.create(owner=owner, name="Anna")
    for number in range(4):
        face_row(stored_image(owner, number=number), person=person)
    stored_image(owner, number=9, name="without-her.jpg")
    signed_in.get(f"/people/{person.pk}/")
    # One of them: the stacks on the page.
    with django_assert_max_num_queries(11):
        page = signed_in.get(f"/people/{person.pk}/").content.decode()
    assert "4 photos" in page
    assert page.count('class="photo ratio-150"') == 4
    assert "without-her" not in page


def test_a_group_is_named_from_its_page(signed_in: Client, owner: User) -> None:
    person = Person.objects.create(owner=owner)
    response = signed_in.post(f"/people/{person.pk}/", {"name": "  Anna   Maria "}, follow=True)
    assert response.redirect_chain == [(f"/people/{person.pk}/", 302)]
    person.refresh_from_db()
    assert person.name == "Anna Maria"


def test_a_group_is_named_in_the_grid_and_only_its_card_is_drawn_anew(signed_in: Client, owner: User) -> None:
    person = Person.objects.create(owner=owner)
    data = {"name": "Anna", "from": "people"}
    card = signed_in.post(f"/people/{person.pk}/", data, headers=HTMX).content.decode()
    assert "<html" not in card
    assert "Anna" in card
    assert "Add a name" not in card
    # The same form without JavaScript goes back to the grid.
    other = Person.objects.create(owner=owner)
    assert signed_in.post(f"/people/{other.pk}/", {**data, "name": "Berta"}).headers["Location"] == "/people/"


@pytest.mark.parametrize(("headers", "status"), [({}, 409), (HTMX, 200)])
def test_a_name_that_somebody_has_asks_whether_the_two_are_one(
    signed_in: Client, owner: User, headers: dict[str, str], status: int
) -> None:
    anna, second, other = (Person.objects.create(owner=owner, name=name) for name in ("Anna", "anna 2", ""))
    data = {"name": "anna", "from": "people"}
    response = signed_in.post(f"/people/{other.pk}/", data, headers=headers)
    page = response.content.decode()
    assert response.status_code == status
    assert "Is this also Anna?" in page
    assert f'href="/people/{anna.pk}/"' in page
    assert f'name="into" value="{anna.pk}"' in page
    # The other answer: a name that is free.
    assert 'value="Anna 3"' in page
    assert ("HX-Retarget" in response.headers) is bool(headers)
    other.refresh_from_db()
    assert (other.name, second.name) == ("", "anna 2")


@pytest.mark.parametrize("name", ["", "   ", "a\0b", "x" * 201])
def test_an_unfit_name_changes_nothing(signed_in: Client, owner: User, name: str) -> None:
    person = Person.objects.create(owner=owner, name="Anna")
    assert signed_in.post(f"/people/{person.pk}/", {"name": name}).status_code == 400
    person.refresh_from_db()
    assert person.name == "Anna"


def test_a_name_is_never_markup(signed_in: Client, owner: User) -> None:
    person = Person.objects.create(owner=owner)
    signed_in.post(f"/people/{person.pk}/", {"name": "<script>alert(1)</script>"})
    assert "<script>alert" not in signed_in.get("/people/").content.decode()


def test_people_and_faces_of_others_are_as_absent_as_those_that_never_were(
    signed_in: Client, stranger: User
) -> None:
    person = Person.objects.create(owner=stranger, name="Secret")
    face = face_row(stored_image(stranger), person=person)
    assert "Secret" not in signed_in.get("/people/").content.decode()
    for address, key in (("/people/{}/", person.pk), ("/faces/{}/crop.jpg", face.pk)):
        there, never = (signed_in.get(address.format(one)) for one in (key, key + 1000))
        assert there.status_code == never.status_code == 404
        assert there.content == never.content
    assert signed_in.post(f"/people/{person.pk}/", {"name": "Mine"}).status_code == 404
    person.refresh_from_db()
    assert person.name == "Secret"


def test_a_name_that_ends_in_a_full_stop_gets_no_second_one(signed_in: Client, owner: User) -> None:
    person = Person.objects.create(owner=owner)
    for name, text in (("Angie J.", "Saved: Angie J."), ("Anna", "Saved: Anna")):
        response = signed_in.post(f"/people/{person.pk}/", {"name": name}, follow=True)
        assert [str(message) for message in response.context["messages"]] == [text]


def test_somebody_elses_person_is_no_namesake(signed_in: Client, owner: User, stranger: User) -> None:
    Person.objects.create(owner=stranger, name="Anna")
    person = Person.objects.create(owner=owner)
    assert signed_in.post(f"/people/{person.pk}/", {"name": "Anna"}).status_code == 302


def test_a_crop_is_a_private_picture(signed_in: Client, owner: User) -> None:
    face = face_row(stored_image(owner))
    response = signed_in.get(f"/faces/{face.pk}/crop.jpg")
    assert response.headers["Content-Type"] == "image/jpeg"
    assert "private" in response.headers["Cache-Control"]
    assert response.getvalue().startswith(b"\xff\xd8")
    assert signed_in.get(f"/faces/{face_row(face.image, crop=False).pk}/crop.jpg").status_code == 404


def test_waiting_faces_are_shown(
    signed_in: Client, owner: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    image = stored_image(owner)
    waiting = [face_row(image) for _ in range(5)]
    placed = face_row(image, person=Person.objects.create(owner=owner, name="Anna"))
    signed_in.get("/faces/waiting/")
    with django_assert_max_num_queries(12):
        page = signed_in.get("/faces/waiting/").content.decode()
    assert all(f"/faces/{face.pk}/crop.jpg" in page for face in waiting)
    assert f"/faces/{placed.pk}/crop.jpg" not in page
    assert Face.objects.unassigned().count() == 5
