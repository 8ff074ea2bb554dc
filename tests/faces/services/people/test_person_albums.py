"""Smart albums hold the photos of their people, whatever happens to those people."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from albums.exceptions import AlbumFillsItself
from albums.models import Album, Image
from albums.services.arranging.albums import album_add_images, album_create, album_remove_images
from albums.services.arranging.smart_albums import albums_fill, filled_by_hand, fills_itself
from albums.services.uploading.folder_import import import_folder
from faces.models import Face, Person, PersonAlbum
from faces.services.history.history import change_undo, change_undoable
from faces.services.people.edits import faces_reject, person_merge
from faces.services.people.person_albums import (
    DIFFERING,
    names_by_image,
    person_album_change,
    person_album_convert,
    person_album_create,
    person_albums_fill,
)
from tests.rows import drawn_jpeg, face_row, face_rows, image_rows


@pytest.fixture
def anna(ada: User) -> Person:
    return Person.objects.create(owner=ada, name="Anna")


@pytest.fixture
def ben(ada: User) -> Person:
    return Person.objects.create(owner=ada, name="Ben")


@pytest.fixture
def photos(ada: User, anna: Person, ben: Person) -> list[Image]:
    """Photos of Anna, of Ben, of both, of neither."""
    images = image_rows(ada, 4)
    for image, people in zip(images, ((anna,), (ben,), (anna, ben), ()), strict=True):
        for person in people:
            face_row(image, person=person, crop=False)
    return images


def held(album: Album) -> set[Image]:
    albums_fill([album.pk])
    return set(album.images.all())


def test_it_holds_all_of_one_both_together_or_either(
    ada: User, anna: Person, ben: Person, photos: list[Image]
) -> None:
    of_anna = person_album_create(owner=ada, name="Anna", people=[anna], rule="all")
    together = person_album_create(owner=ada, name="Both", people=[anna, ben], rule="all")
    either = person_album_create(owner=ada, name="Either", people=[anna, ben], rule="any")
    assert held(of_anna) == {photos[0], photos[2]}
    assert held(together) == {photos[2]}
    assert held(either) == set(photos[:3])


def test_what_comes_and_goes_is_followed_in_as_many_queries_for_many_albums_as_for_one(
    ada: User,
    anna: Person,
    ben: Person,
    photos: list[Image],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    albums = [
        person_album_create(owner=ada, name=f"{rule} {number}", people=[anna, ben], rule=rule)
        for rule in ("all", "any")
        for number in range(10)
    ]
    face_row(photos[0], person=ben, crop=False)
    Face.objects.filter(image=photos[2], person=anna).update(person=None)
    added = {entry.pk for entry in albums[10].entries.all()}
    with django_assert_num_queries(3):
        person_albums_fill([album.pk for album in albums])
    with django_assert_num_queries(1):
        person_albums_fill([album.pk for album in albums])
    assert set(albums[0].images.all()) == {photos[0]}
    assert set(albums[10].images.all()) == set(photos[:3])
    assert {entry.pk for entry in albums[10].entries.all()} == added, "what stays is not made anew"


def test_dismissed_binned_and_unready_are_not_held(ada: User, anna: Person, photos: list[Image]) -> None:
    album = person_album_create(owner=ada, name="Anna", people=[anna], rule="all")
    for change in ({"dismissed": True}, {"binned": True}):
        Face.objects.filter(image=photos[0]).update(**change)
        assert held(album) == {photos[2]}, change
        Face.objects.filter(image=photos[0]).update(dismissed=False, binned=False)
        assert held(album) == {photos[0], photos[2]}
    Image.objects.filter(pk=photos[0].pk).update(binned_at=timezone.now())
    assert held(album) == {photos[2]}


def test_two_faces_of_one_person_are_not_two_people(
    ada: User, anna: Person, ben: Person, photos: list[Image]
) -> None:
    album = person_album_create(owner=ada, name="Both", people=[anna, ben], rule="all")
    face_row(photos[0], person=anna, crop=False)
    assert held(album) == {photos[2]}


def test_ordinary_albums_are_left_alone(ada: User, anna: Person, photos: list[Image]) -> None:
    ordinary = album_create(owner=ada, name="By hand")
    album_add_images(album=ordinary, images=photos)
    assert albums_fill([ordinary.pk]) == set()
    person_albums_fill([ordinary.pk])
    assert ordinary.images.count() == 4


def test_nothing_goes_in_or_out_by_hand(ada: User, anna: Person, photos: list[Image]) -> None:
    album = person_album_create(owner=ada, name="Anna", people=[anna], rule="all")
    assert fills_itself(album)
    assert not filled_by_hand(Album.objects.owned_by(ada)).exists()
    with pytest.raises(AlbumFillsItself):
        album_add_images(album=album, images=photos)
    with pytest.raises(AlbumFillsItself):
        album_remove_images(album=album, images=photos)
    person_album_convert(kind=PersonAlbum.objects.get())
    assert album_remove_images(album=album, images=photos) == 2


def test_an_imported_folder_of_the_same_name_has_an_album_beside_it(
    ada: User, anna: Person, tmp_path: Path
) -> None:
    person_album_create(owner=ada, name="Anna", people=[anna], rule="all")
    (tmp_path / "given" / "Anna").mkdir(parents=True)
    (tmp_path / "given" / "Anna" / "a.jpg").write_bytes(drawn_jpeg())
    for _again in range(2):
        import_folder(folder=tmp_path / "given", owner=ada, enqueue=lambda _ids: None, album_per_folder=True)
    assert {album.name: album.images.count() for album in Album.objects.all()} == {"Anna": 0, "Anna (2)": 1}


def test_the_people_must_be_ones_own_and_at_least_one(ada: User, anna: Person) -> None:
    stranger = Person.objects.create(owner=User.objects.create_user("eve"), name="Eve")
    for people in ([], [anna, stranger]):
        with pytest.raises(ValidationError):
            person_album_create(owner=ada, name="X", people=people, rule="all")
    with pytest.raises(ValidationError):
        person_album_create(owner=ada, name="X", people=[anna], rule="some")
    assert not Album.objects.exists(), "what failed leaves no empty album"


def test_a_merged_person_is_followed_and_the_merge_can_be_undone(
    ada: User, anna: Person, ben: Person, photos: list[Image]
) -> None:
    annie = Person.objects.create(owner=ada, name="Annie")
    face_row(photos[3], person=annie, crop=False)
    together = person_album_create(owner=ada, name="Both", people=[annie, ben], rule="all")
    alone = person_album_create(owner=ada, name="Annie", people=[annie], rule="all")
    assert held(alone) == {photos[3]}
    person_merge(into=anna, others=[annie], by=ada)
    # Never of Ben alone, for the other one of the two is somewhere else now.
    assert held(together) == {photos[2]}
    assert held(alone) == {photos[0], photos[2], photos[3]}
    undoable = change_undoable(ada)
    assert undoable is not None
    change_undo(change=undoable, by=ada)
    assert held(alone) == {photos[3]}
    assert held(together) == set()
    assert {person.name for person in together.person_album.people.all()} == {"Annie", "Ben"}


def test_two_who_are_merged_were_one_all_along(
    ada: User, anna: Person, ben: Person, photos: list[Image]
) -> None:
    together = person_album_create(owner=ada, name="Both", people=[anna, ben], rule="all")
    # Both are in one photo, so one of the two faces leaves.
    person_merge(into=anna, others=[ben], by=ada)
    assert held(together) == set(photos[:3])
    undoable = change_undoable(ada)
    assert undoable is not None
    change_undo(change=undoable, by=ada)
    assert held(together) == {photos[2]}


def test_an_album_of_two_never_becomes_one_of_the_other_alone(
    ada: User, anna: Person, ben: Person, photos: list[Image]
) -> None:
    together = person_album_create(owner=ada, name="Both", people=[anna, ben], rule="all")
    either = person_album_create(owner=ada, name="Either", people=[anna, ben], rule="any")
    anna.delete()
    assert held(together) == set()
    assert held(either) == set(photos[1:3])


def test_a_decision_about_a_face_updates_smart_albums_at_once(
    ada: User,
    anna: Person,
    photos: list[Image],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    album = person_album_create(owner=ada, name="Anna", people=[anna], rule="all")
    with django_capture_on_commit_callbacks(execute=True):
        faces_reject(faces=[photos[0].faces.get()], by=ada)
    assert set(album.images.all()) == {photos[2]}
    undoable = change_undoable(ada)
    assert undoable is not None
    with django_capture_on_commit_callbacks(execute=True):
        change_undo(change=undoable, by=ada)
    assert set(album.images.all()) == {photos[0], photos[2]}


def test_a_change_of_others_leaves_an_album_alone(
    ada: User,
    anna: Person,
    ben: Person,
    photos: list[Image],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    person_album_create(owner=ada, name="Anna", people=[anna], rule="all")
    with (
        django_capture_on_commit_callbacks(execute=True),
        CaptureQueriesContext(connection) as queries,
    ):
        faces_reject(faces=[photos[1].faces.get()], by=ada)
    assert not any("WITH followed" in query["sql"] for query in queries)


@pytest.mark.parametrize("known", ["nothing", "deleted rows", "a few rows"])
def test_it_is_quick_right_after_an_import_whatever_is_known_of_the_tables(
    ada: User, anna: Person, ben: Person, known: str
) -> None:
    tables = "albums_album, albums_albumimage, albums_image, faces_face, faces_person, faces_personalbum"
    if known != "nothing":
        before = image_rows(ada, 200)
        face_rows(before, [anna] * 200)
        for image in before[0 if known == "deleted rows" else 3 :]:
            image.delete()
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {tables}")
    images = image_rows(ada, 1500)
    for person in (anna, ben):
        face_rows(images, [person] * len(images))
    album = person_album_create(owner=ada, name="Both", people=[anna, ben], rule="all")
    album.entries.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {DIFFERING}", {"albums": [album.pk]})
        plan = cursor.fetchone()[0][0]["Plan"]
    # A loop in a loop touches more than two million.
    assert most_rows(plan) < 10 * 1500
    person_albums_fill([album.pk])
    assert album.entries.count() == 1500


def most_rows(plan: dict[str, Any]) -> float:
    """The rows that the busiest step of a query's plan went through."""
    removed = sum(value for name, value in plan.items() if name.startswith("Rows Removed"))
    own: float = (plan["Actual Rows"] + removed) * plan["Actual Loops"]
    return max([own, *map(most_rows, plan.get("Plans", []))])


def test_other_people_and_another_rule_fill_it_anew(
    ada: User, anna: Person, ben: Person, photos: list[Image]
) -> None:
    album = person_album_create(owner=ada, name="Anna", people=[anna], rule="all")
    person_album_change(kind=PersonAlbum.objects.get(), people=[anna, ben], rule="any")
    assert set(album.images.all()) == set(photos[:3])


def test_names_are_those_of_shown_people_of_this_owner(
    ada: User,
    anna: Person,
    ben: Person,
    photos: list[Image],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    Face.objects.filter(person=ben).update(x=0.1)
    face_row(photos[3], person=Person.objects.create(owner=ada, name=""), crop=False)
    face_row(photos[3], person=Person.objects.create(owner=ada, name="Secret", hidden=True), crop=False)
    with django_assert_num_queries(1):
        names = names_by_image(ada.pk, [image.pk for image in photos])
    assert names == {photos[0].pk: ["Anna"], photos[1].pk: ["Ben"], photos[2].pk: ["Ben", "Anna"]}
    assert names_by_image(ada.pk + 1, [image.pk for image in photos]) == {}
