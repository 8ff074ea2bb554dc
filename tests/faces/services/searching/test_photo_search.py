"""Photos found by the people in them, and what one search reads of names and tags."""

from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from albums.models import Image
from albums.services.searching.search import (
    Search,
    search_images,
    search_parts,
    search_suggestions,
    search_with_names,
)
from faces.models import Person
from tests.rows import face_row, image_rows


def found(owner: User, text: str) -> list[int]:
    return [image.pk for image in search_images(Search(text), owner, [])]


def test_names_and_tags_that_changed_since_the_last_search_are_found(owner: User) -> None:
    image, other = image_rows(owner, 2)
    anna = Person.objects.create(owner=owner, name="Anna")
    face_row(image, person=anna, crop=False)
    for name, tag in (("Anna", "river"), ("Berta", "harbour")):
        Person.objects.filter(pk=anna.pk).update(name=name)
        Image.objects.filter(pk=image.pk).update(tags=[tag])
        assert found(owner, name) == [image.pk]
        assert found(owner, tag) == [image.pk]
        assert [group.choices[0].label for group in search_suggestions(Search(name[:3]), owner)] == [name]
    assert found(owner, "Anna") == found(owner, "river") == []
    assert other.pk not in found(owner, "Berta")


def test_names_and_tags_are_read_once_for_one_search(owner: User) -> None:
    image = image_rows(owner, 1)[0]
    Image.objects.filter(pk=image.pk).update(tags=["river"])
    face_row(image, person=Person.objects.create(owner=owner, name="Anna"), crop=False)
    search, parts = Search("Anna river x"), search_parts()
    with CaptureQueriesContext(connection) as captured:
        search_with_names(search, owner, parts)
        search_images(search, owner, [], parts)
        search_suggestions(search, owner, parts)
    statements = [query["sql"] for query in captured]
    assert sum('"faces_person"."hidden" AS "hidden"' in sql for sql in statements) == 1
    assert sum("UNNEST" in sql for sql in statements) == 1


def test_a_photo_is_found_once_by_several_people_and_by_its_own_words(owner: User) -> None:
    images = image_rows(owner, 3)
    for image in images[:2]:
        for name in ("Anna", "Annabel"):
            person, _created = Person.objects.get_or_create(owner=owner, name=name)
            face_row(image, person=person, crop=False)
    Image.objects.filter(pk=images[2].pk).update(description="Anna's garden")
    assert sorted(found(owner, "anna")) == [image.pk for image in images]
