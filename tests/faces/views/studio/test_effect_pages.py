"""The pages that start effects on faces."""

import re
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
OPTIONS = {"frames": "5", "side": "300", "shape": "100", "colour": "50"}
BLUE = (0.6, 0.7, 1.0)


@pytest.fixture
def signed_in(client: Client, owner: User) -> Client:
    client.force_login(owner)
    return client


def picture() -> SimpleUploadedFile:
    return SimpleUploadedFile("me.jpg", drawn_jpeg(300, 200), content_type="text/html")


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found, name
    return found[1]


def test_two_uploads_start_a_job(signed_in: Client) -> None:
    answer = signed_in.post("/studio/morph/", {"first": picture(), "second": picture(), **OPTIONS})
    job = Job.objects.get()
    assert answer.headers["Location"] == f"/studio/jobs/{job.pk}/"
    assert (job.kind, job.inputs) == ("morph", {})
    assert job.options == {"frames": 5, "side": 300, "shape": 1.0, "colour": 0.5}
    uploads = {file.name: file.content_type for file in job.files.all()}
    assert uploads == {"first": "image/jpeg", "second": "image/jpeg"}, "by their content"


def test_faces_from_links_start_a_job(signed_in: Client, owner: User) -> None:
    first, second = stored_face(owner), stored_face(owner, shade=BLUE)
    page = signed_in.get(f"/studio/morph/?first={first.pk}&second={second.pk}").content.decode()
    given = {f"{side}_face": hidden(page, f"{side}_face") for side in ("first", "second")}
    signed_in.post("/studio/morph/", {**given, **OPTIONS})
    assert Job.objects.get().inputs == {"first": first.pk, "second": second.pk}


def test_a_face_is_picked_while_the_other_side_and_the_options_stay(signed_in: Client, owner: User) -> None:
    face = stored_face(owner)
    picker = signed_in.post("/studio/morph/", {"first": picture(), "pick": "second", **OPTIONS})
    page = picker.content.decode()
    assert 'action="/studio/morph/"' in page
    given = {name: hidden(page, name) for name in ("first_copy", *OPTIONS)}
    page = signed_in.post("/studio/morph/", {**given, "choose": f"second:{face.pk}"}).content.decode()
    assert hidden(page, "second_face") == str(face.pk)
    assert re.search(r'name="frames" value="5"', page)
    given = {name: hidden(page, name) for name in ("first_copy", "second_face")}
    signed_in.post("/studio/morph/", {**given, **OPTIONS})
    job = Job.objects.get()
    assert job.inputs == {"second": face.pk}
    assert [file.name for file in job.files.all()] == ["first"]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"first": ""}, "Choose an image first."),
        ({"frames": "61"}, "less than or equal to 60"),
        ({"side": "100"}, "greater than or equal to 256"),
        ({"first": SimpleUploadedFile("x.jpg", b"no picture")}, "isn&#x27;t a readable image"),
    ],
)
def test_what_is_wrong_is_shown_beside_its_field(
    signed_in: Client, changed: dict[str, object], message: str
) -> None:
    data = {"first": picture(), "second": picture(), **OPTIONS, **changed}
    answer = signed_in.post("/studio/morph/", data)
    assert answer.status_code == 400
    assert message in answer.content.decode()
    assert not Job.objects.exists()


def test_another_accounts_faces_and_people_are_not_found(signed_in: Client, stranger: User) -> None:
    person = Person.objects.create(owner=stranger, name="Bob")
    face = stored_face(stranger, person=person)
    assert signed_in.get(f"/studio/morph/?first={face.pk}").status_code == 404
    posted = {"first_face": str(face.pk), "second": picture(), **OPTIONS}
    assert signed_in.post("/studio/morph/", posted).status_code == 404
    assert signed_in.get(f"/studio/growing-up/?person={person.pk}").status_code == 404
    assert signed_in.post(f"/studio/growing-up/?person={person.pk}", {}).status_code == 404
    assert not Job.objects.exists()


def test_a_person_is_picked_and_the_animation_is_started(signed_in: Client, owner: User) -> None:
    person = Person.objects.create(owner=owner, name="Zoe")
    for year, shade in ((2001, BLUE), (2010, (1.0, 0.8, 0.7))):
        stored_face(owner, shade=shade, person=person, taken=datetime(year, 5, 1, tzinfo=UTC))
    address = f"?person={person.pk}"
    assert address in signed_in.get("/studio/growing-up/?q=zo").content.decode()
    page = signed_in.get(f"/studio/growing-up/{address}").content.decode()
    assert "2 suitable photos with a date, from 2001 to 2010." in page
    assert f"/studio/growing-up/{address}" in signed_in.get(f"/people/{person.pk}/").content.decode()
    signed_in.post(f"/studio/growing-up/{address}", {"portraits": "4", "side": "256", "captions": "on"})
    job = Job.objects.get()
    assert (job.kind, job.inputs) == ("growing_up", {"person": person.pk})
    assert job.options == {"portraits": 4, "side": 256, "captions": True, "language": "en"}


def test_a_person_without_dated_photos_starts_nothing_and_the_page_says_why(
    signed_in: Client, owner: User
) -> None:
    person = Person.objects.create(owner=owner, name="Zoe")
    answer = signed_in.post(f"/studio/growing-up/?person={person.pk}", {"portraits": "4", "side": "256"})
    assert answer.status_code == 409
    assert "too few suitable photos" in answer.content.decode()
    assert not Job.objects.exists()
