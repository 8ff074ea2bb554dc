"""The look-alike page; the search itself is stubbed."""

import re
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image as Pillow

from albums.models import Image
from faces.exceptions import NoFaceFound, NoSuchFaceIndex
from faces.models import Person
from faces.services.core.owner_pipeline import owner_models
from faces.services.searching.lookalike import LookalikeResult
from faces.services.searching.nearest import NearFace, NearPerson
from faces.views import lookalike as page_module
from faces.vision.errors import ModelMissing
from faces.vision.types import Box
from tests.rows import DIMENSIONS, drawn_jpeg, embedding_row, face_row, stored_image, unit

LEFT, RIGHT = Box(0.1, 0.2, 0.2, 0.4), Box(0.6, 0.2, 0.2, 0.4)


class StubbedSearch:
    """Return the given result, and record the calls."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.error: Exception | None = None
        self.answer = LookalikeResult([LEFT, RIGHT], 0, [], [])

    def __call__(self, *, user: User, picture: BinaryIO, face_index: int | None = None) -> LookalikeResult:
        self.requests.append({"user": user, "size": Pillow.open(picture).size, "face_index": face_index})
        if self.error:
            raise self.error
        return self.answer


@pytest.fixture
def search(monkeypatch: pytest.MonkeyPatch) -> StubbedSearch:
    stub = StubbedSearch()
    monkeypatch.setattr(page_module, "lookalikes", stub)
    return stub


def picture(content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile("me.jpg", drawn_jpeg(1600, 1200) if content is None else content)


def test_the_page_says_that_the_picture_is_not_stored(signed_in: Client) -> None:
    assert "The picture isn't stored" in signed_in.get("/lookalike/").content.decode()


def test_the_answer_ranks_people_and_faces_with_probabilities(
    signed_in: Client, owner: User, search: StubbedSearch
) -> None:
    anna, unnamed = Person.objects.create(owner=owner, name="Anna"), Person.objects.create(owner=owner)
    image = stored_image(owner)
    near, far = face_row(image, person=anna), face_row(image, person=unnamed)
    without_crop = face_row(image, person=unnamed, crop=False)
    search.answer = LookalikeResult(
        [LEFT],
        0,
        people=[NearPerson(anna, near, 0.1, 0.973), NearPerson(unnamed, without_crop, 0.9, 0.004)],
        faces=[NearFace(near, 0.1, 0.973), NearFace(without_crop, 0.3, 0.9), NearFace(far, 0.9, 0.004)],
    )
    page = signed_in.post("/lookalike/", {"picture": picture()}).content.decode()
    assert page.index("Anna") < page.index("Unnamed person")
    assert page.index("Very likely the same person: 97%") < page.index("Most likely someone else: under 1%")
    assert f"/faces/{near.pk}/crop.jpg" in page
    assert f"/faces/{without_crop.pk}/crop.jpg" not in page
    assert search.requests[0]["user"] == owner


def test_nothing_is_stored(signed_in: Client, search: StubbedSearch) -> None:
    signed_in.post("/lookalike/", {"picture": picture()})
    assert not Image.objects.exists()


def test_another_face_is_selected_without_sending_the_picture_again(
    signed_in: Client, search: StubbedSearch
) -> None:
    page = signed_in.post("/lookalike/", {"picture": picture(), "face_index": "1"}).content.decode()
    copies = re.search(r'name="picture_copy" value="([^"]+)"', page)
    assert copies
    assert 'src="data:image/jpeg;base64,' in page
    assert page.count('name="face_index"') == 2
    assert '<foreignObject x="60.000%" y="20.000%" width="20.000%" height="40.000%">' in page
    search.answer = LookalikeResult([LEFT, RIGHT], 1, [], [])
    again = signed_in.post("/lookalike/", {"picture_copy": copies[1], "face_index": "1"}).content.decode()
    assert again.count("face-button selected") == 1
    # The index belongs to the copy: it does not count for a new file. Both searches see the same picture.
    assert [one["face_index"] for one in search.requests] == [None, 1]
    assert search.requests[0]["size"] == search.requests[1]["size"] == (1024, 768)


def test_a_picture_without_a_face_is_explained(signed_in: Client, search: StubbedSearch) -> None:
    search.error = NoFaceFound()
    assert "No face found" in signed_in.post("/lookalike/", {"picture": picture()}).content.decode()


def test_a_face_that_is_not_there_is_explained(signed_in: Client, search: StubbedSearch) -> None:
    search.error = NoSuchFaceIndex(index=7, count=2)
    response = signed_in.post("/lookalike/", {"picture": picture(), "face_index": "7"})
    assert response.status_code == 400
    assert "in the image. Choose another one" in response.content.decode()


def test_the_unlikely_are_folded_away(signed_in: Client, owner: User, search: StubbedSearch) -> None:
    image = stored_image(owner)
    faces = [face_row(image) for _ in range(6)]
    far = Person.objects.create(owner=owner, name="Far")
    search.answer = LookalikeResult(
        [LEFT],
        0,
        people=[NearPerson(far, faces[5], 0.9, 0.01)],
        faces=[NearFace(face, 0.9, 0.5 if face is faces[0] else 0.01) for face in faces],
    )
    page = signed_in.post("/lookalike/", {"picture": picture()}).content.decode()
    folded = "".join(re.findall(r"<details class=\"unlikely\">.*?</details>", page, re.DOTALL))
    # The picture of the unlikely person is one of a folded face, too.
    assert [folded.count(f"/faces/{face.pk}/crop.jpg") for face in faces] == [0, 1, 1, 1, 1, 2]
    assert "1 unlikely person, below 10%" in folded
    assert "5 unlikely photos, below 10%" in folded
    assert "No similar people in your photos" in page


def test_faces_of_the_newest_photos_are_shortcuts(signed_in: Client, owner: User, stranger: User) -> None:
    anna, hidden = (Person.objects.create(owner=owner, name=name, hidden=name == "H") for name in "AH")
    older, newer = stored_image(owner), stored_image(owner, number=2)
    embedder, vector = owner_models(owner.pk).embedder, unit(np.ones(DIMENSIONS))
    first, again, unassigned = (face_row(older, person=anna), face_row(newer, person=anna), face_row(newer))
    left_out = [
        face_row(newer, person=hidden),
        face_row(newer, crop=False),
        face_row(newer, dismissed=True),
        face_row(stored_image(stranger)),
    ]
    for face in (first, again, unassigned, *left_out):
        embedding_row(face, vector, model=embedder)
    face_row(newer)  # has no vector, so that there is nothing to search with
    page = signed_in.get("/lookalike/").content.decode()
    assert set(re.findall(r"/lookalike/\?face=(\d+)", page)) == {str(again.pk), str(unassigned.pk)}
    # They make room for the result.
    assert "shortcuts" not in signed_in.get("/lookalike/", {"face": again.pk}).content.decode()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "Choose an image first."),
        ({"picture": b""}, "This file is empty."),
        ({"picture": b"<!doctype html><html></html>"}, 'id="id_picture_error"'),
        ({"picture_copy": "###"}, "Choose the image again."),
        ({"picture_copy": "AAAA"}, 'id="id_picture_error"'),
        ({"picture": drawn_jpeg(), "face_index": "-1"}, "Choose the image again."),
    ],
)
def test_a_bad_picture_is_explained_beside_the_field(
    signed_in: Client, search: StubbedSearch, data: dict[str, Any], message: str
) -> None:
    if "picture" in data:
        data = {**data, "picture": picture(data["picture"])}
    response = signed_in.post("/lookalike/", data)
    assert response.status_code == 400
    assert message in response.content.decode()
    assert not search.requests


def test_a_missing_model_is_reported_with_its_remedy(
    signed_in: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(**_kwargs: object) -> LookalikeResult:
        raise ModelMissing("facenet128")

    monkeypatch.setattr(page_module, "lookalikes", missing)
    response = signed_in.post("/lookalike/", {"picture": picture()})
    assert response.status_code == 503
    assert "fetch_models" in response.content.decode()


def test_a_visitor_is_redirected_to_sign_in(client: Client, owner: User) -> None:
    assert client.post("/lookalike/", {"picture": BytesIO(b"x")}).status_code == 302


def test_nothing_of_a_large_picture_is_left_behind(
    signed_in: Client, search: StubbedSearch, settings: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    settings.FILE_UPLOAD_TEMP_DIR = str(temporary)
    settings.MEDIA_ROOT = tmp_path / "media"
    large = drawn_jpeg(1600, 1200) + b"\0" * 3_000_000  # above what Django keeps in memory
    assert signed_in.post("/lookalike/", {"picture": picture(large)}).status_code == 200
    assert list(temporary.iterdir()) == []
    assert not (tmp_path / "media").exists()
    assert not Image.objects.exists()
    assert "me.jpg" not in caplog.text


def test_the_camera_is_allowed_on_the_pages_that_use_it_alone(signed_in: Client) -> None:
    for path, allowed in (
        ("/lookalike/", "camera=(self)"),
        ("/verify/", "camera=(self)"),
        ("/", "camera=()"),
    ):
        assert allowed in signed_in.get(path).headers["Permissions-Policy"]


def test_the_response_is_cached_by_no_browser_and_no_proxy(signed_in: Client, search: StubbedSearch) -> None:
    response = signed_in.post("/lookalike/", {"picture": picture()})
    assert "no-store" in response.headers["Cache-Control"]


def test_a_stored_face_is_searched_with_and_each_match_can_be_put_beside_it(
    signed_in: Client, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = Person.objects.create(owner=owner, name="Anna")
    queried, near = face_row(stored_image(owner)), face_row(stored_image(owner, number=2), person=anna)
    answer = LookalikeResult([LEFT], 0, [NearPerson(anna, near, 0.1, 0.6)], [NearFace(near, 0.1, 0.6)])
    monkeypatch.setattr(page_module, "lookalikes_of_face", lambda *, user, face: answer)
    page = signed_in.get("/lookalike/", {"face": queried.pk}).content.decode()
    assert "Likely the same person: 60%" in page
    assert f"/verify/?first={queried.pk}&amp;second={near.pk}" in page
    assert f"/photos/{near.image_id}/" in page


def test_a_stored_face_that_the_model_has_not_seen_is_explained(signed_in: Client, owner: User) -> None:
    face = face_row(stored_image(owner))
    response = signed_in.get("/lookalike/", {"face": face.pk})
    assert response.status_code == 409
    assert "not been scanned" in response.content.decode()


def test_a_face_of_somebody_else_is_not_there(signed_in: Client, owner: User, stranger: User) -> None:
    theirs = face_row(stored_image(stranger))
    for face in (theirs.pk, theirs.pk + 1000, "x", "", "9" * 30, "²"):
        assert signed_in.get("/lookalike/", {"face": face}).status_code == 404


@pytest.mark.parametrize("language", ["fr", "es"])
def test_the_pages_work_in_every_language(signed_in: Client, search: StubbedSearch, language: str) -> None:
    headers = {"Accept-Language": language}
    page = signed_in.post("/lookalike/", {"picture": picture()}, headers=headers).content.decode()
    # Numbers for the browser have points whatever the language.
    assert '<foreignObject x="60.000%"' in page
    assert 'value="1"' in page
