"""Operations that start effects on faces."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from albums.models import Job
from faces.models import Person
from tests.faces.drawn_faces import stored_face
from tests.rows import drawn_jpeg

pytestmark = pytest.mark.django_db
JSON = "application/json"


def test_a_morph_of_a_stored_face_and_a_picture_is_a_job(client: Client, owner: User) -> None:
    client.force_login(owner)
    face = stored_face(owner)
    data = {"first": SimpleUploadedFile("me.jpg", drawn_jpeg()), "second_face": face.pk, "frames": 7}
    answer = client.post("/api/v1/studio/morph/", data)
    assert answer.status_code == 202, answer.content
    job = Job.objects.get(pk=answer.json()["id"])
    assert (job.kind, job.state, job.inputs) == ("morph", "waiting", {"second": face.pk})
    assert job.options == {"frames": 7, "side": 640, "shape": 1.0, "colour": 1.0}
    assert [file.name for file in job.files.all()] == ["first"]


def test_what_is_not_a_picture_or_out_of_range_starts_nothing(client: Client, owner: User) -> None:
    client.force_login(owner)
    face = stored_face(owner).pk
    broken = {"first": SimpleUploadedFile("me.jpg", b"no picture"), "second_face": face}
    assert client.post("/api/v1/studio/morph/", broken).status_code == 422
    for changed in ({"frames": 61}, {"side": 100}, {"colour": 2}, {"second_face": None}):
        body = {"first_face": face, "second_face": face, **changed}
        assert client.post("/api/v1/studio/morph/", body, content_type=JSON).status_code == 400, changed
    assert not Job.objects.exists()


def test_growing_up_needs_two_dated_photos(client: Client, owner: User) -> None:
    client.force_login(owner)
    person = Person.objects.create(owner=owner, name="Zoe")
    address, body = "/api/v1/studio/growing-up/", {"person": person.pk, "portraits": 5}
    refused = client.post(address, body, content_type=JSON)
    assert (refused.status_code, refused.json()["code"]) == (409, "effect_few_portraits")
    for year, shade in ((2001, 1.0), (2010, 0.8)):
        stored_face(owner, shade=(shade, 0.8, 0.7), person=person, taken=datetime(year, 5, 1, tzinfo=UTC))
    answer = client.post(address, body, content_type=JSON)
    assert answer.status_code == 202, answer.content
    assert answer.json()["inputs"] == {"person": person.pk}
