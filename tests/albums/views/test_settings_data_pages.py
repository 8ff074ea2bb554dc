"""The settings pages about the data of the account: storage, processing, export."""

import io
import json
import zipfile

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from albums.models import Image, Job, JobFile
from albums.services.jobs.context import job_file_put
from albums.services.upkeep import storage_use
from albums.views import settings_data
from faces.models import FaceScan, Person
from tests.rows import album_of, cropped_face, face_row, image_rows, stored_image, upload_row

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def own_cache(settings: object) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}  # type: ignore[attr-defined]


def test_storage_counts_own_photos_and_files(signed_in: Client, owner: User, stranger: User) -> None:
    image = stored_image(owner)
    cropped_face(image)
    for number in range(3):
        stored_image(stranger, number=number)
    page = signed_in.get("/settings/storage/").content.decode()
    assert "Show derived data" in page
    counted = signed_in.get("/settings/storage/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in counted
    assert "<td>2</td>" in counted  # renditions
    assert "<td>1</td>" in counted  # the crop
    assert "Show derived" not in signed_in.get("/settings/storage/").content.decode()


def test_unfinished_uploads_count_as_storage(signed_in: Client, owner: User, stranger: User) -> None:
    states = [(owner, "coming"), (owner, "unpacking"), (owner, "unpacked"), (stranger, "coming")]
    for account, state in states:
        upload_row(account, name="a.zip", size_bytes=9 * 2**20, received_bytes=2**20, state=state)
    coming = storage_use.originals(owner)[-1]
    assert (str(coming.label), coming.count, coming.size) == ("Unfinished uploads", 2, 2 * 2**20)
    assert "Unfinished uploads" in signed_in.get("/settings/storage/").content.decode()


def test_only_administrators_see_the_size_of_the_database(signed_in: Client, stranger: User) -> None:
    assert "Database" in signed_in.get("/settings/storage/").content.decode()
    other = Client()
    other.force_login(stranger)
    assert "Database" not in other.get("/settings/storage/").content.decode()


def _refused(owner: User, number: int) -> Image:
    image = stored_image(owner, number=number, state=Image.State.REFUSED)
    Image.objects.filter(pk=image.pk).update(reason="broken", detail="bad Huffman code", attempts=3)
    return image


def test_the_activity_page_shows_the_progress_once_and_follows_it(signed_in: Client, owner: User) -> None:
    idle = signed_in.get("/settings/jobs/").content.decode()
    assert 'id="progress"' not in idle
    assert 'hx-trigger="photos-added from:body"' in idle
    stored_image(owner, state=Image.State.STORED)
    assert (
        'hx-trigger="every 5s, photos-added from:body"' in signed_in.get("/settings/jobs/").content.decode()
    )


def test_a_refused_file_shows_its_reason_and_can_be_retried(
    signed_in: Client, owner: User, stranger: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    enqueued: list[list[int]] = []
    monkeypatch.setattr(settings_data, "enqueue_reading", lambda ids: enqueued.append(list(ids)))
    mine, other, theirs = _refused(owner, 1), _refused(owner, 2), _refused(stranger, 3)
    page = signed_in.get("/settings/jobs/").content.decode()
    assert page.count("The file is damaged and cannot be read.") == 2
    assert "Huffman" not in page
    assert signed_in.post("/settings/jobs/retry/", {"image": mine.pk}).status_code == 302
    assert enqueued == [[mine.pk]]
    mine.refresh_from_db()
    assert (mine.state, mine.attempts, mine.reason) == (Image.State.STORED, 0, "")
    for key in (theirs.pk, 10**9, "x", "9" * 30):
        assert signed_in.post("/settings/jobs/retry/", {"image": key}).status_code == 404
    signed_in.post("/settings/jobs/retry/")
    assert enqueued[-1] == [other.pk]
    theirs.refresh_from_db()
    assert theirs.state == Image.State.REFUSED


def test_the_processing_page_costs_as_many_queries_for_thirty_rows_as_for_three(
    signed_in: Client, owner: User
) -> None:
    def fill(count: int) -> None:
        images = image_rows(owner, count)
        Image.objects.filter(pk__in=[image.pk for image in images[::2]]).update(state=Image.State.REFUSED)
        FaceScan.objects.bulk_create(
            FaceScan(image=image, state=FaceScan.State.FAILED, reason="broken") for image in images[1::2]
        )

    fill(6)
    few = _queries(signed_in, "/settings/jobs/")
    Image.objects.filter(owner=owner).delete()
    fill(60)
    assert _queries(signed_in, "/settings/jobs/") == few


def _queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


def _archive(answer: object) -> zipfile.ZipFile:
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert archive.testzip() is None
    return archive


def test_the_export_has_all_data_of_the_account_and_nothing_else(
    signed_in: Client, owner: User, stranger: User
) -> None:
    image = stored_image(owner, name='a/b/The "sea".jpg')
    Image.objects.filter(pk=image.pk).update(binned_at=timezone.now())
    person = Person.objects.create(owner=owner, name="Zoë")
    face = face_row(image, person=person)
    album_of(owner, image, name="Été")
    for user in (owner, stranger):
        job = Job.objects.create(owner=user, kind="morph", state="done", result={"by": user.username})
        job_file_put(job, JobFile.Role.RESULT, "morph.txt", b"a morph", "text/plain").save()
    secret = stored_image(stranger, number=7, name="secret.jpg")
    Person.objects.create(owner=stranger, name="Secret")
    archive = _archive(signed_in.post("/settings/export/", {"originals": "1", "vectors": "1"}))
    read = {name: archive.read(name) for name in archive.namelist()}
    assert b"ecret" not in b"".join(read.values())
    photos = json.loads(read["photos.json"])
    assert [(row["id"], row["came_from"]) for row in photos] == [(image.pk, 'a/b/The "sea".jpg')]
    with image.original.open("rb") as original:
        assert read[f"originals/{photos[0]['file']}"] == original.read()
    assert json.loads(read["people.json"])[0]["name"] == "Zoë"
    assert json.loads(read["faces.json"])[0]["id"] == face.pk
    assert json.loads(read["albums.json"])[0]["photos"] == [image.pk]
    assert json.loads(read["account.json"])[0]["name"] == "ada"
    (job,) = json.loads(read["jobs.json"])
    assert (job["result"], [read[f"jobs/{name}"] for name in job["files"]]) == ({"by": "ada"}, [b"a morph"])
    assert len([name for name in read if name.startswith("jobs/")]) == 1
    assert "vectors.json" in read
    assert secret.pk not in [row["id"] for row in photos]


def test_the_export_has_originals_and_vectors_only_on_request(signed_in: Client, owner: User) -> None:
    stored_image(owner)
    names = _archive(signed_in.post("/settings/export/")).namelist()
    assert not [name for name in names if name.startswith("originals/")]
    assert "vectors.json" not in names
