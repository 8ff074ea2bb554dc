"""Completing names, naming in the grid, and what is done with several people."""

import json

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from albums.models import Album
from albums.text_normalization import normalized
from faces.models import Change, Person, Verdict
from faces.services.people.name_search import free_name, people_matching
from tests.faces.views.conftest import MakeGroup
from tests.rows import group_of, people_rows

HTMX = {"HX-Request": "true"}


def test_names_are_found_without_capitals_and_accents_the_best_first(owner: User) -> None:
    names = ("Mariana", "José García", "Ana Maria", "ann", "Berta", "Joana")
    people = {name: Person.objects.create(owner=owner, name=name) for name in names}
    found = people_matching(owner=owner, text=" AN ")
    assert found == [people[name].pk for name in ("Ana Maria", "ann", "Joana", "Mariana")]
    assert people_matching(owner=owner, text="garci") == [people["José García"].pk]
    assert normalized("  Ünal   ŞEN ") == "unal sen"


def test_a_free_name_is_unused(owner: User) -> None:
    for name in ("Anna", "ANNA 2", "Anna 4"):
        Person.objects.create(owner=owner, name=name)
    assert free_name(owner=owner, name="Anna") == "Anna 3"


def test_completion_gives_each_name_with_a_face(
    signed_in: Client, owner: User, stranger: User, group: MakeGroup
) -> None:
    anna = group(2, name="Anna")
    Person.objects.create(owner=stranger, name="Anna of somebody else")
    (found,) = signed_in.get("/people/names/?q=an").json()["people"]
    assert found["id"] == anna.pk
    assert (found["name"], found["faces"]) == ("Anna", 2)
    assert found["crop"].startswith("/faces/")
    assert signed_in.get("/people/names/?q=zz").json() == {"people": [], "suggested": []}


@pytest.mark.parametrize("count", [3, 30])
def test_completion_costs_as_many_queries_whatever_is_found(
    signed_in: Client, owner: User, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    people_rows(owner, count)
    signed_in.get("/people/names/?q=p")
    with django_assert_num_queries(6):
        assert signed_in.get("/people/names/?q=p").json()["people"]


def test_the_grid_is_filtered_by_what_is_typed(signed_in: Client, owner: User) -> None:
    for name in ("Anna", "Berta", ""):
        Person.objects.create(owner=owner, name=name)
    page = signed_in.get("/people/?q=ber").content.decode()
    assert "Berta" in page
    assert "Anna" not in page
    cards = signed_in.get("/people/?q=zzz", headers=HTMX).content.decode()
    assert "<html" not in cards
    assert "No people match" in cards


def test_groups_without_a_name_have_one_heading_where_they_begin(signed_in: Client, owner: User) -> None:
    people_rows(owner, 125)
    unnamed = group_of(owner, 1)
    assert "Who is this?" not in signed_in.get("/people/").content.decode()
    last = signed_in.get("/people/?page=3").content.decode()
    assert last.count("Who is this?") == 1
    assert last.index("Who is this?") < last.index(f'id="person-{unnamed.pk}"')


def test_saying_that_a_group_is_somebody_merges_the_two_from_the_grid(
    signed_in: Client, owner: User, group: MakeGroup
) -> None:
    anna, other = group(2, name="Anna"), group(3)
    data = {"into": anna.pk, "from": "people"}
    response = signed_in.post(f"/people/{other.pk}/merge/", data, headers=HTMX)
    assert json.loads(response.headers["HX-Trigger"]) == {"person-changed": {"id": anna.pk}}
    content = response.content.decode()
    assert "Merged into Anna" in content
    assert '<form method="post" action="/changes/' in content, "the message has its own undo"
    assert anna.faces.count() == 5
    card = signed_in.get(f"/people/{anna.pk}/card/").content.decode()
    assert "5 photos" in card


def test_selected_people_are_merged_into_the_named_one(
    signed_in: Client, owner: User, group: MakeGroup
) -> None:
    people = [group(4), group(1, name="Anna"), group(2)]
    data = {"action": "merge", "person": [one.pk for one in people]}
    page = signed_in.post("/people/act/", data, follow=True).content.decode()
    assert "Merged into Anna" in page
    assert people[1].faces.count() == 7
    assert Change.objects.count() == 1


def test_merging_two_names_requires_a_choice(signed_in: Client, group: MakeGroup) -> None:
    anna, berta = group(1, name="Anna"), group(3, name="Berta")
    data = {"action": "merge", "person": [anna.pk, berta.pk]}
    page = signed_in.post("/people/act/", data).content.decode()
    assert "Which name do you want to use?" in page
    assert Person.objects.count() == 2
    signed_in.post("/people/act/", {**data, "into": anna.pk})
    assert Person.objects.get().name == "Anna"


def test_selected_people_are_hidden_and_shown_as_one_change(signed_in: Client, group: MakeGroup) -> None:
    people = [group(1, name="Anna"), group(1)]
    ids = [one.pk for one in people]
    page = signed_in.post("/people/act/", {"action": "hide", "person": ids}, follow=True).content.decode()
    assert "2 people hidden" in page
    assert Person.objects.filter(hidden=True).count() == 2
    assert Change.objects.count() == 1
    signed_in.post("/people/act/", {"action": "show", "person": ids[:1]})
    assert Person.objects.filter(hidden=True).count() == 1


@pytest.mark.parametrize(
    "data", [{"action": "merge"}, {"action": "wish", "person": "1"}, {"action": "hide", "person": "x"}]
)
def test_an_invalid_bulk_action_changes_nothing(signed_in: Client, data: dict[str, str]) -> None:
    assert signed_in.post("/people/act/", data).status_code == 302
    assert not Change.objects.exists()


def test_two_people_are_compared_and_marked_as_different(signed_in: Client, group: MakeGroup) -> None:
    anna, other = group(3, name="Anna"), group(2)
    page = " ".join(signed_in.get(f"/people/{other.pk}/same/{anna.pk}/").content.decode().split())
    assert "Is this also Anna?" in page
    assert page.count("/crop.jpg") == 5
    assert "Same person: <span" in page
    signed_in.post(f"/people/{other.pk}/apart/{anna.pk}/")
    assert Verdict.objects.filter(kind=Verdict.Kind.IS_NOT, person=anna).exists()
    assert "All done" in signed_in.get("/review/").content.decode()


def test_a_person_shows_who_is_alike_and_who_is_there(
    signed_in: Client, group: MakeGroup, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    anna, alike, other = group(3, name="Anna"), group(2), group(1, look=9, name="Berta")
    face = other.faces.get()
    face.image = anna.faces.first().image  # type: ignore[union-attr]
    face.save()
    signed_in.get(f"/people/{anna.pk}/around/")
    with django_assert_max_num_queries(16):
        page = signed_in.get(f"/people/{anna.pk}/around/").content.decode()
    assert f"/people/{anna.pk}/same/{alike.pk}/" in page
    assert "Often seen with" in page
    assert "Berta" in page


@pytest.mark.parametrize("order", ["", "?order=uncertain"])
def test_a_persons_faces_are_listed_page_by_page(
    signed_in: Client, group: MakeGroup, order: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    anna = group(3, name="Anna")
    signed_in.get(f"/people/{anna.pk}/faces/")
    with django_assert_max_num_queries(11):
        page = signed_in.get(f"/people/{anna.pk}/faces/{order}").content.decode()
    assert page.count('name="face"') == 3


def test_the_least_certain_face_comes_first(signed_in: Client, group: MakeGroup, owner: User) -> None:
    anna, odd = group(5, name="Anna"), group(1, look=7)
    wrong_face = odd.faces.get()
    wrong_face.person = anna
    wrong_face.quality = 0.1
    wrong_face.save()
    page = signed_in.get(f"/people/{anna.pk}/faces/?order=uncertain").content.decode()
    assert page.index(f'value="{wrong_face.pk}"') < min(
        page.index(f'value="{pk}"')
        for pk in anna.faces.exclude(pk=wrong_face.pk).values_list("pk", flat=True)
    )


def test_ages_are_shown_if_the_birth_date_is_known(signed_in: Client, owner: User, group: MakeGroup) -> None:
    anna = group(2, name="Anna")
    signed_in.post(f"/people/{anna.pk}/details/", {"birth_date": "2015-06-30"})
    assert "aged 8 in these photos" in signed_in.get(f"/people/{anna.pk}/").content.decode()


def test_a_waiting_face_is_placed_by_one_press(signed_in: Client, group: MakeGroup) -> None:
    anna = group(3, name="Anna")
    loose = group(1, waiting=True)
    face = anna.owner.images.order_by("-pk").first().faces.get()  # type: ignore[union-attr]
    page = signed_in.get("/faces/waiting/").content.decode()
    assert f'value="{face.pk}:{anna.pk}"' in page
    assert "Anna?" in page
    answer = signed_in.post("/faces/waiting/", {"place": f"{face.pk}:{anna.pk}"}, headers=HTMX)
    assert "Assigned to Anna" in answer.content.decode()
    assert anna.faces.count() == 4
    assert loose.faces.count() == 0


PATHS = ("", "faces/", "around/", "card/", "same/{0}/")


@pytest.mark.parametrize("path", PATHS)
def test_the_person_of_another_is_as_absent_as_one_that_never_was(
    signed_in: Client, owner: User, stranger: User, path: str
) -> None:
    mine = Person.objects.create(owner=owner)
    theirs = Person.objects.create(owner=stranger, name="Secret")
    there, never = (signed_in.get(f"/people/{pk}/{path.format(mine.pk)}") for pk in (theirs.pk, 10**9))
    assert there.status_code == never.status_code == 404
    assert there.content == never.content
    assert signed_in.post(f"/people/{mine.pk}/apart/{theirs.pk}/").status_code == 404
    assert signed_in.post(f"/people/{theirs.pk}/apart/{mine.pk}/").status_code == 404
    signed_in.post("/people/act/", {"action": "hide", "person": [theirs.pk]})
    signed_in.post(f"/people/{mine.pk}/merge/", {"into": theirs.pk})
    theirs.refresh_from_db()
    assert not theirs.hidden
    assert Person.objects.count() == 2


def test_undoing_on_the_page_of_somebody_who_is_gone_then_leads_to_the_people(
    signed_in: Client, group: MakeGroup
) -> None:
    anna = group(3, name="Anna")
    face = anna.faces.first()
    assert face
    signed_in.post("/faces/act/", {"action": "split", "face": face.pk})
    new = Person.objects.exclude(pk=anna.pk).get()
    change = Change.objects.get()
    response = signed_in.post(f"/changes/{change.pk}/undo/", {"next": f"/people/{new.pk}/faces/"})
    assert response.headers["Location"] == "/people/"


def test_the_journal_shows_the_faces_of_a_change(signed_in: Client, group: MakeGroup) -> None:
    anna = group(2, name="Anna")
    face = anna.faces.first()
    assert face
    signed_in.post("/faces/act/", {"action": "confirm", "face": face.pk})
    page = signed_in.get("/changes/").content.decode()
    assert f"/faces/{face.pk}/crop.jpg" in page


def test_the_counts_follow_while_one_names(signed_in: Client, group: MakeGroup) -> None:
    anna, berta, third = group(2, name="Anna"), group(2, look=2), group(2, look=2)
    reply = signed_in.post(f"/people/{berta.pk}/", {"name": "Berta", "from": "people"}, headers=HTMX)
    counts = reply.content.decode().partition('id="people-counts" hx-swap-oob="true"')[2]
    assert "2 named, 1 unnamed" in counts
    reply = signed_in.post(f"/people/{third.pk}/merge/", {"into": anna.pk, "from": "people"}, headers=HTMX)
    assert "2 named, 0 unnamed" in reply.content.decode()
    hidden = HTMX | {"HX-Current-URL": "http://testserver/people/?hidden=1"}
    assert "named, " not in signed_in.get(f"/people/{anna.pk}/card/", headers=hidden).content.decode()


def test_a_smart_album_of_a_person_is_one_press_and_so_is_sharing_it(
    signed_in: Client, group: MakeGroup
) -> None:
    anna = group(2, name="Anna")
    page = signed_in.get(f"/people/{anna.pk}/").content.decode()
    assert "Smart album of Anna" in page
    fields = {"name": "Anna", "people": anna.pk, "rule": "all", "then": "share"}
    answer = signed_in.post("/albums/of-people/", fields)
    album = Album.objects.get(name="Anna")
    assert answer["Location"] == f"/albums/{album.pk}/sharing/"
    assert album.images.count() == 2
    page = signed_in.get(f"/people/{anna.pk}/").content.decode()
    assert "Smart album of Anna" not in page
    assert f"/albums/{album.pk}/sharing/" in page
    # An album of two people is not theirs alone.
    other = group(1, look=9, name="Berta")
    signed_in.post("/albums/of-people/", {"name": "Two", "people": [anna.pk, other.pk], "rule": "any"})
    assert "Smart album of Berta" in signed_in.get(f"/people/{other.pk}/").content.decode()


def test_a_person_has_a_slideshow(signed_in: Client, group: MakeGroup, stranger: User) -> None:
    anna = group(2, name="Anna")
    page = signed_in.get(f"/people/{anna.pk}/slideshow/").content.decode()
    assert f"/people/{anna.pk}/slideshow/pictures.json" in page
    pictures = signed_in.get(f"/people/{anna.pk}/slideshow/pictures.json").json()["pictures"]
    assert len(pictures) == 2
    assert pictures[0]["alt"].startswith("Anna")
    theirs = Person.objects.create(owner=stranger, name="Theirs")
    assert signed_in.get(f"/people/{theirs.pk}/slideshow/").status_code == 404
