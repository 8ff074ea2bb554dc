"""The export of faces and people as rows."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from albums.models import Image
from faces.models import Person
from faces.services.exporting.csv import COLUMNS, people_rows
from faces.vision.types import Box
from tests.faces.coloured import face
from tests.rows import image_row, image_rows


def test_the_columns_are_those_that_other_programs_read() -> None:
    assert COLUMNS == ("photo", "x", "y", "w", "h", "person", "name", "state")


def test_boxes_are_whole_pixels_of_the_upright_photo_at_full_size(ada: User) -> None:
    image = image_row(ada)
    Image.objects.filter(pk=image.pk).update(width=4000, height=3000, source_path="2019/Bath/sea.jpg")
    face(image, box=Box(0.25, 0.5, 0.1, 0.2))
    assert list(people_rows(ada)) == [("2019/Bath/sea.jpg", 1000, 1500, 400, 600, "", "", "waiting")]


def test_a_row_says_whether_a_face_is_named_grouped_or_waiting(ada: User) -> None:
    images = image_rows(ada, 3)
    ruby, group = Person.objects.create(owner=ada, name="Ruby"), Person.objects.create(owner=ada)
    for image, person in zip(images, (ruby, group, None), strict=True):
        face(image, person=person)
    assert [row[5:] for row in people_rows(ada)] == [
        (ruby.pk, "Ruby", "named"),
        (group.pk, "", "grouped"),
        ("", "", "waiting"),
    ]


def test_rows_come_by_photo_and_from_left_to_right(ada: User) -> None:
    first, second = image_rows(ada, 2, shapes=((480, 320),))
    face(second, box=Box(0.1, 0, 0.1, 0.1))
    for left in (0.6, 0.2, 0.4):
        face(first, box=Box(left, 0, 0.1, 0.1))
    assert [(row[0], row[1]) for row in people_rows(ada)] == [
        (first.source_path, 96),
        (first.source_path, 192),
        (first.source_path, 288),
        (second.source_path, 48),
    ]


def test_a_tiny_face_has_an_area_all_the_same(ada: User) -> None:
    face(image_row(ada), box=Box(0.5, 0.5, 0.0001, 0.0001))
    assert next(people_rows(ada))[3:5] == (1, 1)


def test_only_the_owners_faces_are_exported(ada: User, grace: User) -> None:
    face(image_row(grace))
    assert list(people_rows(ada)) == []
    assert len(list(people_rows(grace))) == 1


@pytest.mark.parametrize("count", [1, 30])
def test_the_number_of_queries_does_not_grow_with_the_faces(ada: User, count: int) -> None:
    person = Person.objects.create(owner=ada, name="Ruby")
    for image in image_rows(ada, count):
        face(image, person=person)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert len(list(people_rows(ada))) == count
    assert len(queries) <= 1


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0"])
def test_no_name_and_no_path_is_a_formula_of_a_spreadsheet(ada: User, name: str) -> None:
    image = image_row(ada, source_path=f"{name}.jpg")
    face(image, person=Person.objects.create(owner=ada, name=name))
    row = next(people_rows(ada))
    assert (row[0], row[6]) == (f"'{name}.jpg", f"'{name}")
