"""Changes of very many photos: by jobs that can be killed, paused and undone at any moment."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from albums.models import Album, AlbumMember, ChangedPhoto, Image, Job, PhotoChange
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


def ids_of(images: list[Image]) -> str:
    return ",".join(str(image.pk) for image in images)


def album_of(owner: User, images: list[Image]) -> Album:
    album = Album.objects.create(owner=owner, name="Walks")
    album.images.add(*images)
    return album


def favourites() -> set[int]:
    return set(Image.objects.filter(favourite=True).values_list("pk", flat=True))


def archived() -> set[int]:
    return set(Image.objects.filter(archived=True).values_list("pk", flat=True))


def binned() -> set[int]:
    return set(Image.objects.binned().values_list("pk", flat=True))


def inside() -> set[int]:
    return set(Image.objects.filter(albums__name="Walks").values_list("pk", flat=True))


@pytest.mark.parametrize(
    "action",
    [
        ("selection_mark favourite", {}, favourites, "5 photos added to favourites"),
        ("selection_mark archive", {}, archived, "5 photos archived"),
        ("selection_bin", {}, binned, "5 photos moved to the bin"),
        ("selection", {"new_album": "Walks"}, inside, "5 photos added to “Walks”"),
    ],
)
def test_marks_bin_and_albums_of_very_many_photos_are_changed_and_restored_by_jobs(
    client: Client,
    images: list[Image],
    monkeypatch: pytest.MonkeyPatch,
    action: tuple[str, dict[str, str], Callable[[], set[int]], str],
) -> None:
    view, data, found, text = action
    name, *values = view.split()
    address, before = reverse(f"albums:{name}", args=values), image_row(images[0].owner, captured_at=NOON)
    few = client.post(address, {"image": before.pk, **data}, headers=JSON).json()
    assert "job" not in few, "few photos are changed at once"
    was = found()
    everything = {image.pk for image in images} | was
    answer = client.post(address, {"image": ids_of([before, *images]), **data}, headers=JSON).json()
    assert found() == {before.pk}
    with monkeypatch.context() as patch:
        patch.setattr(context.JobContext, "pause", lambda *_arguments: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            run(answer)
    assert was < found() < everything, "killed within the work"
    Job.objects.update(state=Job.State.WAITING)
    assert run(answer) == RunOutcome.ENDED
    assert found() == everything
    ended = client.get(answer["job"]).json()
    assert ended["message"] == text
    assert ended["undo"] in client.get(reverse("albums:photo_changes")).content.decode()
    undone = client.post(ended["undo"], headers=JSON).json()
    assert run(undone) == RunOutcome.ENDED
    assert found() == was, "the one that was so before stays so"
    assert client.post(ended["undo"], headers=JSON).status_code == 400


def test_very_many_photos_are_removed_from_an_album_and_put_back(
    client: Client, ada: User, images: list[Image]
) -> None:
    album = album_of(ada, images)
    answer = client.post(
        reverse("albums:album_remove", args=[album.pk]), {"image": ids_of(images)}, headers=JSON
    ).json()
    run(answer)
    assert inside() == set()
    ended = client.get(answer["job"]).json()
    assert ended["message"] == "5 photos removed from “Walks”"
    run(client.post(ended["undo"], headers=JSON).json())
    assert inside() == {image.pk for image in images}


def test_the_undo_removes_an_album_that_was_created_for_the_photos(
    client: Client, images: list[Image]
) -> None:
    sent = {"image": ids_of(images), "new_album": "Walks"}
    answer = client.post(reverse("albums:selection"), sent, headers=JSON).json()
    run(answer)
    ended = client.get(answer["job"]).json()
    assert ended["url"] == reverse("albums:album", args=[Album.objects.get().pk])
    undone = client.post(ended["undo"], headers=JSON).json()
    run(undone)
    assert not Album.objects.exists()
    assert client.get(undone["job"]).json()["message"].startswith("Undone: 5 photos added to")
    assert client.get(reverse("albums:photo_changes")).status_code == 200


def test_a_job_adds_nothing_to_an_album_that_is_no_longer_shared(client: Client, images: list[Image]) -> None:
    album = Album.objects.create(owner=User.objects.create_user("eve"), name="Hers")
    member = AlbumMember.objects.create(album=album, user=images[0].owner, role="editor")
    answer = client.post(
        reverse("albums:selection"), {"image": ids_of(images), "album": album.pk}, headers=JSON
    ).json()
    member.delete()
    run(answer)
    assert not album.images.exists()
    assert "may no longer change it" in client.get(answer["job"]).json()["message"]
    assert "undo" not in client.get(answer["job"]).json()


def test_too_many_jobs_are_refused_and_leave_no_new_album(client: Client, images: list[Image]) -> None:
    owner = images[0].owner
    Job.objects.bulk_create(Job(owner=owner, kind="edit") for _ in range(5))
    sent = {"image": ids_of(images), "new_album": "Walks"}
    refused = client.post(reverse("albums:selection"), sent, headers=JSON)
    assert (refused.status_code, Album.objects.exists()) == (400, False)
    assert not PhotoChange.objects.exists()


def test_the_api_moves_and_marks_very_many_photos_by_jobs(
    client: Client, ada: User, images: list[Image]
) -> None:
    album, ids = album_of(ada, []), [image.pk for image in images]

    def sent(address: str, **more: bool) -> dict[str, Any]:
        body = {"images": ids, **more}
        answer: dict[str, Any] = client.post(
            f"/api/v1/{address}", body, content_type="application/json"
        ).json()
        for pk in answer.get("jobs", [answer.get("job")]):
            job_run(job_id=pk)
        return answer

    marked = sent("images/marks/", favourite=True, archived=True)
    assert (marked["images"], len(marked["jobs"])) == ([], 2)
    assert favourites() == archived() == set(ids)
    added = sent(f"albums/{album.pk}/images/")
    assert (added["count"], added["change"]["kind"], inside()) == (0, "album-add", set(ids))
    sent(f"albums/{album.pk}/images/take-out/")
    assert inside() == set()
    deleted = sent("bin/")
    assert binned() == set(ids)
    undone = client.post(f"/api/v1/photo-changes/{deleted['changes'][0]['id']}/undo/").json()
    job_run(job_id=undone["job"])
    assert binned() == set()
