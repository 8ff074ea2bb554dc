"""Two pictures side by side. The page around the comparison; the models are stubbed at their seams."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries, Settings

from albums.models import Image
from faces import picture_faces
from faces.models import Face, Person
from faces.vision.errors import ModelMissing
from faces.vision.pipeline import FacePipeline
from faces.vision.types import Box
from tests.faces.trained_verifiers import stored_verifier
from tests.rows import drawn_jpeg, face_row, people_rows, stored_image
from tests.vision_stubs import at_distance, stub_pipeline, unit

SMALL, LARGE = Box(0.1, 0.1, 0.2, 0.2), Box(0.5, 0.3, 0.3, 0.5)
UsePipeline = Callable[[FacePipeline], None]


@pytest.fixture
def use_pipeline(monkeypatch: pytest.MonkeyPatch) -> UsePipeline:
    return lambda pipeline: monkeypatch.setattr(picture_faces, "get_pipeline", lambda _models: pipeline)


def picture(content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile("me.jpg", drawn_jpeg(1600, 1200) if content is None else content)


def stored(owner: User, distance: float, *, number: int = 1) -> Face:
    return face_row(stored_image(owner, number=number), vector=at_distance(distance))


def copies(page: str, side: str) -> str:
    found = re.search(rf'name="{side}_copy" value="([^"]+)"', page)
    assert found
    return found[1]


def test_two_pictures_are_compared_and_not_stored(signed_in: Client, use_pipeline: UsePipeline) -> None:
    use_pipeline(stub_pipeline([[LARGE], [SMALL]], [unit(1), at_distance(0.1)]))
    assert "aren't stored" in signed_in.get("/verify/").content.decode()
    page = signed_in.post("/verify/", {"first": picture(), "second": picture()}).content.decode()
    assert "Very likely the same person: over 99%" in page
    assert '<foreignObject x="50.000%" y="30.000%" width="30.000%" height="50.000%">' in page
    assert '<foreignObject x="10.000%" y="10.000%" width="20.000%" height="20.000%">' in page
    assert not Image.objects.exists()


def test_another_face_is_selected_without_sending_the_pictures_again(
    signed_in: Client, use_pipeline: UsePipeline
) -> None:
    use_pipeline(stub_pipeline([[SMALL, LARGE], [LARGE]] * 2, [at_distance(1.0), unit(1), unit(1)] * 2))
    page = signed_in.post("/verify/", {"first": picture(), "second": picture()}).content.decode()
    assert "2 faces: select another one" in page
    assert page.count('name="first_index"') == 3
    again = signed_in.post(
        "/verify/",
        {
            "first_copy": copies(page, "first"),
            "second_copy": copies(page, "second"),
            # As a browser sends it: the selection, then the pressed button.
            "first_index": ["1", "0"],
            "second_index": "0",
        },
    ).content.decode()
    assert "Most likely someone else: under 1%" in again


def test_a_number_does_not_count_for_a_new_file(signed_in: Client, use_pipeline: UsePipeline) -> None:
    use_pipeline(stub_pipeline([[LARGE]], [unit(1), unit(1)]))
    data = {"first": picture(), "second": picture(), "first_index": "7"}
    assert signed_in.post("/verify/", data).status_code == 200


def test_a_problem_stands_beside_the_picture_that_is_meant(
    signed_in: Client, use_pipeline: UsePipeline
) -> None:
    use_pipeline(stub_pipeline([[LARGE], []], [unit(1)]))
    response = signed_in.post("/verify/", {"first": picture(), "second": picture()})
    page = response.content.decode()
    assert response.status_code == 400
    assert re.search(r'id="id_second_error">No face found', page)
    assert "id_first_error" not in page
    assert copies(page, "first")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "Choose an image first."),
        ({"second": b""}, "This file is empty."),
        ({"second": b"<!doctype html><html></html>"}, 'id="id_second_error"'),
        ({"second_copy": "###"}, "Choose the image again."),
        ({"second_copy": "AAAA"}, 'id="id_second_error"'),
        ({"second": drawn_jpeg(), "second_index": "-1"}, "Choose the image again."),
    ],
)
def test_a_bad_picture_is_explained_beside_its_field(
    signed_in: Client, data: dict[str, str | bytes], message: str
) -> None:
    sent = {
        name: picture(value) if isinstance(value, bytes) else value
        for name, value in {"first": drawn_jpeg(), **data}.items()
    }
    response = signed_in.post("/verify/", sent)
    assert response.status_code == 400
    assert message in response.content.decode()


def test_a_missing_model_is_reported_with_its_remedy(
    signed_in: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(_models: object) -> FacePipeline:
        raise ModelMissing("facenet128")

    monkeypatch.setattr(picture_faces, "get_pipeline", missing)
    response = signed_in.post("/verify/", {"first": picture(), "second": picture()})
    assert response.status_code == 503
    assert "fetch_models" in response.content.decode()


def test_two_stored_faces_are_compared(signed_in: Client, owner: User) -> None:
    first, second = stored(owner, 0.0), stored(owner, 1.0, number=2)
    page = signed_in.get("/verify/", {"first": first.pk, "second": second.pk}).content.decode()
    assert "Most likely someone else: under 1%" in page
    assert f"/faces/{first.pk}/crop.jpg" in page
    assert f"/faces/{second.pk}/crop.jpg" in page


def test_a_stored_face_that_was_not_read_is_explained(signed_in: Client, owner: User) -> None:
    first, second = stored(owner, 0.0), face_row(stored_image(owner, number=2))
    response = signed_in.get("/verify/", {"first": first.pk, "second": second.pk})
    assert response.status_code == 409
    assert "not been scanned" in response.content.decode()


def test_faces_of_others_and_nonsense_are_not_found(signed_in: Client, owner: User, stranger: User) -> None:
    mine, theirs = stored(owner, 0.0), stored(stranger, 0.0)
    for second in (theirs.pk, mine.pk + 10_000, "x", "-1", "9" * 40):
        assert signed_in.get("/verify/", {"first": mine.pk, "second": second}).status_code == 404


def test_a_visitor_is_redirected_to_sign_in(client: Client, owner: User) -> None:
    assert client.get("/verify/").status_code == 302


def pick(client: Client, **data: object) -> str:
    answer = client.post("/verify/", data)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_either_side_can_be_a_stored_face(signed_in: Client, owner: User, use_pipeline: UsePipeline) -> None:
    use_pipeline(stub_pipeline([[LARGE]], [unit(1)]))
    anna = Person.objects.create(owner=owner, name="Anna")
    face = stored(owner, 0.1)
    Face.objects.update(person=anna)
    # The other side is a picture that was just selected: it is sent too.
    people = pick(signed_in, pick="second", first=picture())
    assert ">Anna</span>" in people
    first = copies(people, "first")
    assert pick(signed_in, pick="second", first_copy=first, q="zzz").count("No people match") == 1
    faces = pick(signed_in, pick="second", first_copy=first, person=anna.pk)
    assert f'name="choose" value="second:{face.pk}"' in faces
    assert copies(faces, "first") == first
    answer = pick(signed_in, pick="second", first_copy=first, choose=f"second:{face.pk}")
    assert "Very likely the same person: over 99%" in answer
    assert f'name="second_face" value="{face.pk}"' in answer
    assert f'href="/people/{anna.pk}/"' in answer


def test_one_side_may_be_selected_before_the_other(signed_in: Client, owner: User) -> None:
    first, second = stored(owner, 0.0), stored(owner, 1.0, number=2)
    one = pick(signed_in, pick="first", choose=f"first:{first.pk}")
    assert f'name="first_face" value="{first.pk}"' in one
    assert "Choose an image first." not in one
    assert f'name="first_face" value="{first.pk}"' in pick(signed_in, pick="second", first_face=first.pk)
    back = pick(signed_in, pick="second", first_face=first.pk, back="1")
    assert "/crop.jpg" in back
    both = pick(signed_in, pick="second", first_face=first.pk, choose=f"second:{second.pk}")
    assert "Most likely someone else" in both
    assert f'value="{first.pk}"' in signed_in.get("/verify/", {"first": first.pk}).content.decode()
    # A new file counts more than the stored face it takes the place of.
    alone = signed_in.post("/verify/", {"first_face": first.pk})
    assert alone.status_code == 400
    assert "Choose an image first." in alone.content.decode()


def test_the_faces_of_others_are_not_offered_and_not_compared(
    signed_in: Client, owner: User, stranger: User
) -> None:
    mine, theirs = stored(owner, 0.0), stored(stranger, 0.0, number=2)
    person = Person.objects.create(owner=stranger, name="Secret")
    Face.objects.filter(pk=theirs.pk).update(person=person)
    assert "Secret" not in pick(signed_in, pick="first")
    for data in (
        {"pick": "first", "person": person.pk},
        {"pick": "first", "choose": f"first:{theirs.pk}"},
        {"first_face": mine.pk, "second_face": theirs.pk},
    ):
        assert signed_in.post("/verify/", data).status_code == 404
    assert signed_in.get("/verify/", {"first": theirs.pk}).status_code == 404


def test_the_choice_costs_the_same_for_many_people_and_many_faces(
    signed_in: Client, owner: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    people = people_rows(owner, 3)
    pick(signed_in, pick="first")
    with CaptureQueriesContext(connection) as counted:
        pick(signed_in, pick="first")
    few_people = len(counted)
    with CaptureQueriesContext(connection) as counted:
        pick(signed_in, pick="first", person=people[0].pk)
    one_face = len(counted)
    for number in range(30):
        face_row(stored_image(owner, number=100 + number), person=people[0])
        someone = Person.objects.create(owner=owner, name=f"Somebody {number}")
        face_row(stored_image(owner, number=200 + number), person=someone)
    pick(signed_in, pick="first")
    with django_assert_num_queries(few_people):
        pick(signed_in, pick="first")
    with django_assert_num_queries(one_face):
        pick(signed_in, pick="first", person=people[0].pk)


def test_a_trained_model_is_selected_and_named_in_the_answer(
    signed_in: Client, owner: User, settings: Settings, tmp_path: Path
) -> None:
    settings.DATA_DIR = tmp_path / "data"
    first, second = stored(owner, 0.0), stored(owner, 0.3, number=2)
    sent = {"first_face": first.pk, "second_face": second.pk, "verifier": ""}
    assert 'name="verifier"' not in signed_in.post("/verify/", sent).content.decode()
    stored_verifier("strict", bias=-8)
    alone = signed_in.post("/verify/", sent).content.decode()
    assert (
        '<option value="strict">strict (right in 90.0% of its test, the distance in 90.0%)</option>' in alone
    )
    assert "the same person: over 9" in alone
    page = signed_in.post("/verify/", {**sent, "verifier": "strict"}).content.decode()
    assert "Possibly the same person: 27%" in page
    assert "the trained model strict" in page
    assert '<option value="strict" selected>' in page
    picking = signed_in.post("/verify/", {**sent, "verifier": "strict", "pick": "first"}).content.decode()
    assert '<input type="hidden" name="verifier" value="strict">' in picking


def test_a_model_that_is_gone_is_explained(
    signed_in: Client, owner: User, settings: Settings, tmp_path: Path
) -> None:
    settings.DATA_DIR = tmp_path / "data"
    stored_verifier()
    face = stored(owner, 0.0)
    sent = {"first_face": face.pk, "second_face": face.pk, "verifier": "another"}
    response = signed_in.post("/verify/", sent)
    assert response.status_code == 400
    assert "any more. Choose another one." in response.content.decode()
