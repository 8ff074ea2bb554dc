"""The search page: words, chips, suggestions, and whose photos are found."""

import re
from datetime import UTC, datetime
from html import unescape
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from albums.models import Album, Image
from faces.models import Person
from tests.rows import album_of, face_row, image_rows, next_page, stored_image


def photo(owner: User, number: int, **fields: object) -> Image:
    image = stored_image(owner, number=number, name=str(fields.pop("name", f"trip/photo-{number}.jpg")))
    for name, value in fields.items():
        setattr(image, name, value)
    image.save()
    return image


def found(browser: Client, query: str, **chips: object) -> set[int]:
    """The ids of the photos in the answer."""
    page = browser.get("/search/?" + urlencode({"q": query, **chips}, doseq=True)).content.decode()
    return {int(key) for key in re.findall(r'href="/photos/(\d+)/', page)}


@pytest.fixture
def lyon(owner: User) -> Image:
    return photo(
        owner,
        1,
        name="trip/IMG_2041.jpg",
        place="Lyon",
        country="FR",
        camera="Canon EOS 5D",
        description="L'été près de la Saône",
        captured_at=datetime(2019, 6, 14, 12, tzinfo=UTC),
    )


@pytest.fixture
def oslo(owner: User, lyon: Image) -> Image:
    return photo(
        owner,
        2,
        name="trip/DSC-7.jpg",
        place="Oslo",
        country="NO",
        camera="SONY DSC-W50",
        captured_at=datetime(2021, 1, 2, 12, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    "query",
    [
        "lyon",
        "LYON france",
        "img_2041",
        "2041",
        "img",
        "ete",
        "été Saone",
        "canon",
        "eos 5d",
        "2019",
        "June 2019",
        "2019-06-14",
        "2019-06-01..2019-06-14",
        "june lyon",
    ],
)
def test_a_photo_is_found_by_what_is_known_of_it(
    signed_in: Client, lyon: Image, oslo: Image, query: str
) -> None:
    assert found(signed_in, query) == {lyon.pk}


def test_several_words_must_all_fit(signed_in: Client, lyon: Image, oslo: Image) -> None:
    assert found(signed_in, "trip") == {lyon.pk, oslo.pk}
    assert found(signed_in, "lyon norway") == set()
    assert found(signed_in, "trip 2021") == {oslo.pk}


def test_people_typed_or_selected_must_be_together_in_a_photo(
    signed_in: Client, owner: User, lyon: Image, oslo: Image
) -> None:
    anna, ben = (Person.objects.create(owner=owner, name=name) for name in ("Anna Müller", "Ben"))
    for image, person in ((lyon, anna), (lyon, ben), (oslo, anna)):
        face_row(image, person=person)
    assert found(signed_in, "anna") == {lyon.pk, oslo.pk}
    assert found(signed_in, "muller ben") == {lyon.pk}
    assert found(signed_in, "anna 2021 oslo") == {oslo.pk}
    assert found(signed_in, "", person=anna.pk) == {lyon.pk, oslo.pk}
    assert found(signed_in, "", person=[anna.pk, ben.pk]) == {lyon.pk}
    assert found(signed_in, "oslo", person=[anna.pk, ben.pk]) == set()


def test_chips_of_albums_places_cameras_and_dates_narrow(
    signed_in: Client, owner: User, lyon: Image, oslo: Image
) -> None:
    album = album_of(owner, lyon, name="Été 2019")
    assert found(signed_in, "", album=album.pk) == {lyon.pk}
    assert found(signed_in, "", place="Oslo, NO") == {oslo.pk}
    assert found(signed_in, "", place="NO") == {oslo.pk}
    assert found(signed_in, "", place=["NO", "FR"]) == {lyon.pk, oslo.pk}
    assert found(signed_in, "", camera="Canon EOS 5D") == {lyon.pk}
    assert found(signed_in, "", date="2021") == {oslo.pk}
    assert found(signed_in, "", date="month-6") == {lyon.pk}
    assert found(signed_in, "", date="2021", place="FR") == set()
    # The name of an album, typed.
    assert found(signed_in, "ete") == {lyon.pk}


def test_a_country_is_typed_offered_and_shown_in_the_language_of_the_page(
    signed_in: Client, owner: User, lyon: Image, oslo: Image
) -> None:
    signed_in.cookies[settings.LANGUAGE_COOKIE_NAME] = "es"
    assert found(signed_in, "noruega") == {oslo.pk}
    assert found(signed_in, "lyon francia") == {lyon.pk}
    assert found(signed_in, "lyon noruega") == set()
    assert found(signed_in, "norway") == {oslo.pk}
    offered = unescape(signed_in.get("/search/suggestions/?q=noru").content.decode())
    assert offered.index(">Noruega<") < offered.index(">Oslo, Noruega<")
    assert "Noruega" in signed_in.get("/search/", {"place": "NO"}).content.decode()
    assert "Oslo, Noruega" in signed_in.get(f"/photos/{oslo.pk}/").content.decode()


def test_a_photo_with_a_stored_place_name_is_found_by_it(signed_in: Client, owner: User, lyon: Image) -> None:
    Image.objects.update(place="Lyon, France", country="")
    assert found(signed_in, "lyon france") == {lyon.pk}
    assert found(signed_in, "", place="Lyon, France") == {lyon.pk}
    assert "Lyon, France" in signed_in.get("/search/suggestions/?q=lyo").content.decode()


def test_nothing_of_another_account_is_found_offered_or_shown(
    signed_in: Client, owner: User, stranger: User, lyon: Image
) -> None:
    secret = photo(stranger, 9, name="secret.jpg", place="Secretville", country="FR", camera="Secretcam")
    theirs = Person.objects.create(pk=777_777, owner=stranger, name="Secret Person")
    face_row(secret, person=theirs)
    face_row(lyon, person=theirs)  # even if such a row were ever there
    album = album_of(stranger, lyon, name="Secret album")
    assert found(signed_in, "secret") == set()
    assert found(signed_in, "", person=theirs.pk) == set()
    assert found(signed_in, "", album=album.pk) == set()
    assert found(signed_in, "", place="Secretville, FR") == set()
    assert "ecret" not in signed_in.get("/search/suggestions/?q=secret").content.decode()
    pages = []
    for key in (777_777, 888_888):
        page = signed_in.get("/search/", {"person": key}).content.decode()
        page = re.sub(r'value="\w{64}"', "", page)  # of the form that signs out
        pages.append(page.replace(str(key), "KEY"))
    assert "Unknown person" in pages[0]
    assert pages[0] == pages[1]


def test_binned_unread_and_dismissed_are_not_found(signed_in: Client, owner: User, lyon: Image) -> None:
    anna = Person.objects.create(owner=owner, name="Anna")
    face = face_row(lyon, person=anna)
    face.dismissed = True
    face.save()
    assert found(signed_in, "", person=anna.pk) == set()
    Image.objects.filter(pk=lyon.pk).update(binned_at=datetime(2024, 1, 1, tzinfo=UTC))
    assert found(signed_in, "lyon") == set()
    assert "Lyon" not in signed_in.get("/search/suggestions/?q=ly").content.decode()


def test_suggestions_complete_the_last_words_and_lead_to_a_chip(
    signed_in: Client, owner: User, lyon: Image
) -> None:
    anna = Person.objects.create(owner=owner, name="Anna Maria Müller")
    face = face_row(lyon, person=anna)
    text = unescape(signed_in.get("/search/suggestions/?q=2019+maria+mu").content.decode())
    assert f'href="/search/?q=2019&person={anna.pk}"' in text
    assert f"/faces/{face.pk}/crop.jpg" in text
    assert 'role="option"' in text
    text = unescape(signed_in.get("/search/suggestions/?q=fra").content.decode())
    assert text.index(">France<") < text.index(">Lyon, France<")
    assert "place=Lyon%2C+FR" in text
    assert "2019-06" in signed_in.get("/search/suggestions/?q=june+2019").content.decode()
    assert "Canon EOS 5D" in signed_in.get("/search/suggestions/?q=eos").content.decode()
    # Selected filters are not offered again.
    assert "role=" not in signed_in.get(f"/search/suggestions/?q=maria&person={anna.pk}").content.decode()


def test_a_hidden_person_is_offered_only_for_the_whole_name(signed_in: Client, owner: User) -> None:
    Person.objects.create(owner=owner, name="Uncle Tom", hidden=True)
    assert "Tom" not in signed_in.get("/search/suggestions/?q=uncle").content.decode()
    assert "Uncle Tom" in signed_in.get("/search/suggestions/?q=uncle+tom").content.decode()


def test_the_page_offers_without_a_script_what_the_list_offers(signed_in: Client, owner: User) -> None:
    anna = Person.objects.create(owner=owner, name="Anna")
    page = unescape(signed_in.get("/search/?q=anna").content.decode())
    assert f'href="/search/?person={anna.pk}"' in page
    page = unescape(signed_in.get(f"/search/?q=x&person={anna.pk}").content.decode())
    assert f'<input type="hidden" name="person" value="{anna.pk}">' in page
    # The chip takes itself away.
    assert 'href="/search/?q=x"' in page
    assert "No photos match" in page


@pytest.mark.parametrize(
    "query",
    [
        "'",
        "a' & b",
        "\\",
        "!",
        ":*",
        "()",
        "🙂",
        "%",
        "_",
        "x" * 5000,
        "' OR 1=1 --",
        " ",
        "&person=1",
        "<b>",
    ],
)
def test_whatever_is_typed_is_an_answer(signed_in: Client, owner: User, lyon: Image, query: str) -> None:
    assert signed_in.get("/search/", {"q": query}).status_code == 200
    assert signed_in.get("/search/suggestions/", {"q": query}).status_code == 200


@pytest.mark.parametrize("chip", ["person", "album", "date", "place", "camera"])
@pytest.mark.parametrize("value", ["x", "-1", "9" * 30, "²", ""])
def test_a_wrong_chip_finds_nothing_and_is_no_error(
    signed_in: Client, owner: User, lyon: Image, chip: str, value: str
) -> None:
    response = signed_in.get("/search/", {chip: value})
    assert response.status_code == 200
    assert not re.search(rb'href="/photos/\d', response.content)


def test_a_full_page_costs_as_many_queries_as_a_short_one(signed_in: Client, owner: User) -> None:
    address = "/search/?q=row+person+2024&date=2024&date=2023"

    def queries(rows: int) -> int:
        Image.objects.all().delete()
        Person.objects.all().delete()
        Album.objects.all().delete()
        images = image_rows(owner, rows)
        Image.objects.update(place="Person-la-Ville", country="FR", camera="Personal 5D")
        people = [Person.objects.create(owner=owner, name=f"Person {number}") for number in range(rows)]
        for image, person in zip(images, people, strict=True):
            face_row(image, person=person, crop=False)
        Album.objects.bulk_create(Album(owner=owner, name=f"Personal {number}") for number in range(rows))
        with CaptureQueriesContext(connection) as captured:
            page = signed_in.get(address + f"&person={people[0].pk}")
            assert page.content.count(b'class="photo ') == 1
            assert b'role="option"' in signed_in.get("/search/suggestions/?q=per").content
        return len(captured)

    signed_in.get("/search/")
    assert queries(3) == queries(30)


def test_more_photos_come_with_the_same_search(signed_in: Client, owner: User) -> None:
    image_rows(owner, 70)
    page = signed_in.get("/search/?q=row").content.decode()
    assert "70 photos" in page
    assert next_page(page).startswith("?q=row&after=")
    more = signed_in.get(f"/search/{next_page(page)}", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in more
    assert more.count('class="photo ') == 10


def test_an_empty_search_shows_what_there_is_to_begin_with(
    signed_in: Client, owner: User, lyon: Image
) -> None:
    Person.objects.create(owner=owner, name="Anna")
    page = signed_in.get("/search/").content.decode()
    for label in ("Anna", "Lyon, France", "Canon EOS 5D"):
        assert label in page
    assert "photos</h2>" not in page


def test_a_visitor_is_redirected_to_sign_in(client: Client, owner: User) -> None:
    assert client.get("/search/?q=x").headers["Location"].startswith("/sign-in/?next=")
    assert client.get("/search/suggestions/?q=x").status_code == 302


def test_two_names_in_the_box_are_two_chips(signed_in: Client, owner: User) -> None:
    anna = Person.objects.create(owner=owner, name="Anna Maria")
    berta = Person.objects.create(owner=owner, name="Bérta")
    response = signed_in.get("/search/", {"q": "anna maria berta 2019"})
    assert response["Location"] == f"/search/?q=2019&person={anna.pk}&person={berta.pk}"
    Person.objects.create(owner=owner, name="Cleo", hidden=True)
    for text in ("berta", "anna berta", "berta cleo"):
        assert signed_in.get("/search/", {"q": text}).status_code == 200
