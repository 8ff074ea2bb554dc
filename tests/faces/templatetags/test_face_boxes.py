"""Boxes over photos: in percent of the picture, with the label inside it."""

import pytest
from django.contrib.auth.models import User
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from albums.models import Image
from faces.models import Face, FaceScan, Person
from faces.vision.types import Box
from tests.rows import face_row, stored_image


def drawn(image: Image, *, user: User | None = None) -> str:
    request = RequestFactory().get("/")
    request.user = user or image.owner
    return Template("{% load face_boxes %}{% face_boxes image %}{% face_list image %}").render(
        Context({"image": image, "request": request})
    )


def test_only_the_owner_sees_the_people_in_a_photo(owner: User) -> None:
    face = face_row(stored_image(owner), person=Person.objects.create(owner=owner, name="Anna"))
    assert "Anna" in drawn(face.image)
    again = Image.objects.get()
    assert "Anna" not in drawn(again, user=User.objects.create_user("eve"))


def test_a_long_name_is_cut_on_the_picture_and_whole_beside_it(owner: User) -> None:
    name = "Maria " * 11 + "Maria"
    face = face_row(stored_image(owner), person=Person.objects.create(owner=owner, name=name))
    html = drawn(face.image)
    assert f"<title>{name}</title>" in html
    assert f">{name}</text>" not in html


def test_a_language_with_decimal_commas_moves_no_box(owner: User) -> None:
    face = face_row(stored_image(owner))
    with translation.override("fr"):
        assert 'x="30.000%" y="20.000%" width="40.000%" height="60.000%"' in drawn(face.image)


@pytest.mark.parametrize(
    ("x", "y", "expected"),
    [
        (0.0, 0.0, 'text-anchor="start" x="0.000%" y="20.000%" dy="1.25em"'),
        (0.8, 0.4, 'text-anchor="end" x="100.000%" y="60.000%" dy="1.25em"'),
        (0.4, 0.8, 'text-anchor="middle" x="50.000%" y="80.000%" dy="-.55em"'),
    ],
)
def test_the_label_stays_on_the_picture(owner: User, x: float, y: float, expected: str) -> None:
    face = face_row(stored_image(owner))
    Face.objects.filter(pk=face.pk).update(x=x, y=y, w=0.2, h=0.2)
    assert expected in drawn(face.image)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (None, "Not scanned for faces yet"),
        (FaceScan.State.PENDING, "Not scanned for faces yet"),
        (FaceScan.State.DONE, "No faces found"),
        (FaceScan.State.FAILED, "failed: The scan took too long."),
    ],
)
def test_a_photo_without_faces_says_why(owner: User, state: str | None, words: str) -> None:
    image = stored_image(owner)
    if state:
        FaceScan.objects.create(image=image, state=state, reason="took_too_long", detail="240 s")
    assert words in drawn(image)


def test_detected_faces_are_buttons_and_the_selected_one_is_pressed() -> None:
    boxes = [Box(0.1, 0.1, 0.2, 0.2), Box(0.5, 0.1, 0.2, 0.2)]
    html = Template("{% load face_boxes %}{% face_buttons boxes 1 %}").render(Context({"boxes": boxes}))
    assert html.count("<button") == 2
    assert html.index('aria-pressed="false"') < html.index('aria-pressed="true"')
