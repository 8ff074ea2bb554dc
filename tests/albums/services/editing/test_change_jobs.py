"""Changes of very many photos: by jobs that can be killed, paused and undone at any moment."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from albums.models import ChangedPhoto, Image, Job, PhotoChange
from albums.services.editing import change_jobs, photo_changes
from albums.services.jobs import context
from albums.services.jobs.running import RunOutcome, job_run
from tests.rows import NOON, image_row

JSON = {"Accept": "application/json"}


@pytest.fixture
def images(client: Client, ada: User, monkeypatch: pytest.MonkeyPatch) -> list[Image]:
    """Five photos of a signed-in account, more than are changed at once, in batches of two."""
    monkeypatch.setattr(photo_changes, "MOST_AT_ONCE", 4)
    monkeypatch.setattr(change_jobs, "ROWS_AT_ONCE", 2)
    monkeypatch.setattr(context, "SECONDS_BETWEEN_WRITES", 0)
    client.force_login(ada)
    return [image_row(ada, captured_at=NOON) for _ in range(5)]


def shift(client: Client, images: list[Image]) -> dict[str, Any]:
    sent = {"image": ",".join(str(image.pk) for image in images), "how": "shift", "days": "1"}
    answer: dict[str, Any] = client.post(reverse("albums:selection_date"), sent, headers=JSON).json()
    return answer


def shifted(images: list[Image]) -> list[int]:
    """By how many days each photo was shifted."""
    for image in images:
        image.refresh_from_db()
    return [(image.captured_at - NOON.replace(tzinfo=None)).days for image in images if image.captured_at]


def run(answer: dict[str, Any]) -> RunOutcome:
    return job_run(job_id=int(answer["job"].rstrip("/").rpartition("/")[2]))


def test_many_photos_are_changed_and_changed_back_by_jobs(client: Client, images: list[Image]) -> None:
    answer = shift(client, images)
    assert shifted(images) == [0] * 5
    assert client.get(answer["job"]).json() == {
        "message": "The photos are being changed…",
        "unfinished": True,
    }
    assert not client.get("/api/v1/photo-changes/").json()["results"], "nothing has changed yet"
    assert run(answer) == RunOutcome.ENDED
    assert shifted(images) == [1] * 5
    ended = client.get(answer["job"]).json()
    assert ended["message"] == "Date of 5 photos changed"
    assert shift(client, images[:1])["ids"] == [images[0].pk], "few photos are changed at once"
    undone = client.post(ended["undo"], headers=JSON).json()
    run(undone)
    assert shifted(images) == [2, 0, 0, 0, 0]
    assert "1 photo was changed again" in client.get(undone["job"]).json()["message"]
    client.force_login(User.objects.create_user("eve"))
    assert client.get(answer["job"]).status_code == 404


def test_a_killed_job_changes_no_photo_twice(
    client: Client, images: list[Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = shift(client, images)
    with monkeypatch.context() as patch:
        patch.setattr(context.JobContext, "pause", lambda *_arguments: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            run(answer)
    assert shifted(images) == [1, 1, 0, 0, 0]
    Job.objects.update(state=Job.State.WAITING)
    run(answer)
    assert shifted(images) == [1] * 5
    assert (PhotoChange.objects.get().photos, Job.objects.get().result["photos"]) == (5, 5)


def test_a_job_that_takes_long_pauses_for_others_and_resumes(
    client: Client, images: list[Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = shift(client, images)
    monkeypatch.setattr(context, "SECONDS_OF_A_RUN", -1)
    outcomes = [run(answer) for _ in range(4)]
    assert outcomes == [RunOutcome.PAUSED] * 3 + [RunOutcome.ENDED]
    assert Job.objects.get().attempts == 0
    assert shifted(images) == [1] * 5


def test_an_undo_ends_a_job_that_still_works(
    client: Client, images: list[Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = shift(client, images)
    monkeypatch.setattr(context, "SECONDS_OF_A_RUN", -1)
    run(answer)
    change = PhotoChange.objects.get()
    assert change.photos == 2
    client.post(reverse("albums:photo_change_undo", args=[change.pk]), headers=JSON)
    assert run(answer) == RunOutcome.ENDED
    assert shifted(images) == [0] * 5
    assert ChangedPhoto.objects.count() == 2


def test_the_api_names_the_jobs_of_many_photos(client: Client, images: list[Image]) -> None:
    sent = {"images": [image.pk for image in images], "shift_minutes": 60, "add_tags": ["trip"]}
    answer = client.post("/api/v1/images/edit/", sent, content_type="application/json").json()
    assert (answer["images"], len(answer["changes"]), len(answer["jobs"])) == ([], 2, 2)
    for pk in answer["jobs"]:
        job_run(job_id=pk)
        assert client.get(f"/api/v1/studio/jobs/{pk}/").json()["result"]["photos"] == 5
    undone = client.post(f"/api/v1/photo-changes/{answer['changes'][0]['id']}/undo/").json()
    assert undone["job"]
