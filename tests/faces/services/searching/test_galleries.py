"""Search in a gallery: its named people alone, for whoever may see it."""

from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.core.cache import cache

from albums.exceptions import LinkWithoutLookalike, TooManySearches
from albums.models import Album, AlbumImage, AlbumMember, Image, ShareLink
from faces.exceptions import NotThere
from faces.models import Face, Person
from faces.services.core import vector_search
from faces.services.core.vector_search import VectorSearch
from faces.services.searching import galleries
from faces.services.searching.galleries import (
    galleries_visible,
    gallery_face,
    gallery_get,
    gallery_people_counts,
    visitor_lookalikes,
)
from faces.services.searching.lookalike import lookalikes_of_face
from faces.services.searching.nearest import nearest
from tests.faces.coloured import face
from tests.faces.coloured import seeded as direction
from tests.rows import image_rows

pytestmark = pytest.mark.django_db
MODEL = "facenet_sface256"


def gallery_of(owner: User, *images: Image, name: str = "Stars") -> Album:
    album = Album.objects.create(owner=owner, name=name, gallery=True)
    AlbumImage.objects.bulk_create(AlbumImage(album=album, image=image) for image in images)
    return album


def person(owner: User, name: str, colour: str, image: Image | None = None) -> Face:
    """The face of a new person in a photo of its own, or in `image`."""
    made = Person.objects.create(owner=owner, name=name)
    return face(image or image_rows(owner, 1)[0], colour, person=made)


def people_like(gallery: Album, colour: str, *, count: int = 10) -> list[str]:
    found = nearest(
        user=AnonymousUser(),
        vector=direction(colour),
        model=MODEL,
        faces=0,
        people=count,
        gallery=gallery,
    )
    return [match.person.name for match in found[1]]


def test_only_named_people_in_the_owners_photos_of_the_album_are_found(ada: User, grace: User) -> None:
    anna, hidden, unnamed = (person(ada, name, "red") for name in ("Anna", "Hidden", ""))
    Person.objects.filter(faces=hidden).update(hidden=True)
    person(ada, "Outside", "red")
    unassigned = face(image_rows(ada, 1)[0], "red")
    dismissed, binned = person(ada, "Dismissed", "red"), person(ada, "Binned", "red")
    Face.objects.filter(pk=dismissed.pk).update(dismissed=True)
    Face.objects.filter(pk=binned.pk).update(binned=True)
    guest = person(grace, "Guest", "red")
    inside = (anna, hidden, unnamed, unassigned, dismissed, binned, guest)
    gallery = gallery_of(ada, *(one.image for one in inside))
    assert people_like(gallery, "red") == ["Anna"]
    assert list(Face.objects.in_gallery(gallery.pk)) == [anna]
    assert gallery_people_counts([gallery.pk]) == {gallery.pk: 1}
    for other in inside[1:]:
        with pytest.raises(NotThere):
            gallery_face(gallery, other.pk)
    assert gallery_face(gallery, anna.pk) == anna


def test_an_album_that_is_no_gallery_any_more_shows_nothing(ada: User) -> None:
    anna = person(ada, "Anna", "red")
    gallery = gallery_of(ada, anna.image)
    Album.objects.update(gallery=False)
    assert people_like(gallery, "red") == []
    with pytest.raises(NotThere):
        gallery_get(ada, gallery.pk)


def test_a_gallery_is_there_for_its_owner_and_members_alone(ada: User, grace: User) -> None:
    gallery = gallery_of(ada)
    eve = User.objects.create_user("eve")
    AlbumMember.objects.create(album=gallery, user=grace, role="viewer")
    assert list(galleries_visible(ada)) == list(galleries_visible(grace)) == [gallery]
    assert not galleries_visible(eve).exists()
    assert not galleries_visible(AnonymousUser()).exists()
    assert gallery_get(grace, gallery.pk) == gallery
    with pytest.raises(NotThere):
        gallery_get(eve, gallery.pk)


def test_people_come_in_order_by_their_best_face(ada: User) -> None:
    anna, ben = person(ada, "Anna", "red"), person(ada, "Ben", "blue")
    other = face(image_rows(ada, 1)[0], "green", person=ben.person)
    gallery = gallery_of(ada, anna.image, ben.image, other.image)
    assert people_like(gallery, "green") == ["Ben", "Anna"]
    assert people_like(gallery, "red", count=1) == ["Anna"]


@pytest.mark.parametrize("large", [False, True])
def test_a_large_gallery_is_searched_by_index_with_the_same_result(
    ada: User, monkeypatch: pytest.MonkeyPatch, large: bool
) -> None:
    monkeypatch.setattr(vector_search, "GALLERY_INDEXED_FROM", 1 if large else 1000)
    ways: list[str] = []
    for way in ("exact", "indexed"):
        original = getattr(VectorSearch, way)

        def noted(search: VectorSearch, count: int, way: str = way, original: object = original) -> object:
            ways.append(way)
            return original(search, count)  # type: ignore[operator]  # the method

        monkeypatch.setattr(VectorSearch, way, noted)
    colours = ("red", "green", "blue", "yellow")
    faces = [person(ada, colour, colour) for colour in colours]
    gallery = gallery_of(ada, *(one.image for one in faces))
    assert [people_like(gallery, colour, count=1) for colour in colours] == [[colour] for colour in colours]
    assert ("indexed" in ways) == large


def test_a_face_of_ones_own_is_compared_with_others_and_not_with_itself(ada: User, grace: User) -> None:
    mine = person(grace, "Me", "red")
    anna = person(ada, "Anna", "red")
    gallery = gallery_of(ada, anna.image)
    AlbumMember.objects.create(album=gallery, user=grace, role="viewer")
    found = lookalikes_of_face(user=grace, face=mine, gallery=gallery)
    assert [match.person.name for match in found.people] == ["Anna"]
    assert found.people[0].probability > 0.9
    again = face(image_rows(ada, 1)[0], "red", person=anna.person)
    assert lookalikes_of_face(user=ada, face=again, gallery=gallery).people == []
    with pytest.raises(NotThere):
        lookalikes_of_face(user=grace, face=anna, gallery=gallery)


def test_a_visitor_needs_a_link_that_allows_it_and_asks_so_often(
    ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.clear()
    gallery = gallery_of(ada)
    link = ShareLink.objects.create(album=gallery)
    searched: list[object] = []
    monkeypatch.setattr(galleries, "lookalikes", lambda **given: searched.append(given["gallery"]))
    monkeypatch.setattr(galleries, "PER_ADDRESS", replace(galleries.PER_ADDRESS, most=2))
    search: dict[str, Any] = {
        "link": link,
        "picture": None,
        "face_index": None,
        "people": 10,
        "address": "192.0.2.1",
    }
    with pytest.raises(LinkWithoutLookalike):
        visitor_lookalikes(**search)
    link.lookalike = True
    for _ in range(2):
        visitor_lookalikes(**search)
    with pytest.raises(TooManySearches):
        visitor_lookalikes(**search)
    assert searched == [gallery, gallery]
    gallery.gallery = False
    with pytest.raises(LinkWithoutLookalike):
        visitor_lookalikes(**search)
