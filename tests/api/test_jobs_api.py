"""The timeline, the bin, uploads, groupings and other jobs in the API."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from albums.models import Image, UnpackedFile
from faces.models import ClusteringRun, FaceScan
from faces.services.grouping.run import owner_recluster
from faces.tasks import cluster_anew, cluster_weigh
from tests.rows import group_of, image_rows, stored_image, upload_row, whole

API = "/api/v1"


def post(client: Client, path: str, data: Any) -> Any:
    return client.post(f"{API}{path}", data, content_type="application/json")


def test_the_timeline_counts_months_and_puts_undated_photos_last(signed_in: Client, owner: User) -> None:
    image_rows(owner, 20)  # a day apart, back from 15 June
    stored_image(owner, number=99, captured_at=None)
    answer = signed_in.get(f"{API}/timeline/").json()
    assert answer == {
        "photos": 21,
        "months": [
            {"month": "2024-06", "photos": 15, "days": 15},
            {"month": "2024-05", "photos": 5, "days": 5},
            {"month": None, "photos": 1, "days": 0},
        ],
    }
    in_june = signed_in.get(f"{API}/images/?date=2024-06&fields=id").json()["results"]
    undated = signed_in.get(f"{API}/images/?dated=false&fields=id").json()["results"]
    assert (len(in_june), len(undated)) == (15, 1)


def test_searches_are_completed(signed_in: Client, owner: User) -> None:
    anna = group_of(owner, 1, name="Anna Castillo")
    groups = signed_in.get(f"{API}/search/suggestions/?q=beach+cast").json()["groups"]
    person = next(one for one in groups if one["part"] == "person")
    assert person["choices"] == [{"value": str(anna.pk), "label": "Anna Castillo"}]
    assert person["rest"] == "beach"


def test_photos_erased_from_the_bin_are_not_restored(
    signed_in: Client, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.views.bin.enqueue_expiring", lambda: None)  # the files are not deleted yet
    binned, erased = stored_image(owner, number=1, binned=True), stored_image(owner, number=2, binned=True)
    shown = signed_in.get(f"{API}/bin/{erased.pk}/renditions/thumbnail/")
    assert whole(shown).startswith(b"\xff\xd8")
    assert post(signed_in, "/bin/erase/", {"images": [erased.pk]}).json() == {"images": [erased.pk]}
    assert [one["id"] for one in signed_in.get(f"{API}/bin/").json()["results"]] == [binned.pk]
    assert signed_in.get(f"{API}/bin/{erased.pk}/renditions/thumbnail/").status_code == 404
    assert post(signed_in, "/bin/restore/", {"images": [binned.pk, erased.pk]}).json() == {
        "images": [binned.pk]
    }
    signed_in.delete(f"{API}/images/{binned.pk}/")
    assert signed_in.delete(f"{API}/bin/").status_code == 204
    assert signed_in.get(f"{API}/bin/").json()["results"] == []


def test_the_files_of_a_zip_are_listed_with_their_results(
    signed_in: Client, owner: User, stranger: User
) -> None:
    upload = upload_row(owner)
    UnpackedFile.objects.create(upload=upload, position=1, name="a.txt", status="refused", reason="empty")
    path = f"{API}/uploads/{upload.pk}/files/"
    (file,) = signed_in.get(path).json()["results"]
    assert (file["status"], file["reason"], file["detail"]) == ("refused", "empty", "The file is empty.")
    signed_in.force_login(stranger)
    assert signed_in.get(path).status_code == 404


def test_failed_jobs_are_retried(signed_in: Client, owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    queued: list[list[int]] = []
    monkeypatch.setattr("api.views.files.enqueue_reading", queued.append)
    monkeypatch.setattr("api.views.jobs.enqueue_scans", queued.append)
    refused = [stored_image(owner, number=at, state=Image.State.REFUSED).pk for at in (1, 2)]
    scanned = stored_image(owner, number=3)
    FaceScan.objects.create(image=scanned, state="failed", reason="crashed")
    assert sorted(post(signed_in, "/images/retry/", {}).json()["images"]) == refused
    assert post(signed_in, "/jobs/failed-scans/", {"images": None}).json() == {"images": [scanned.pk]}
    assert [sorted(ids) for ids in queued] == [refused, [scanned.pk]]


def test_the_progress_of_recent_photos_is_reported(signed_in: Client, owner: User) -> None:
    stored_image(owner, state=Image.State.STORED)
    before = (timezone.now() - timedelta(minutes=5)).isoformat().replace("+", "%2B")
    answer = signed_in.get(f"{API}/uploads/so-far/?since={before}").json()
    assert answer["busy"] is True
    assert (answer["stages"][0]["done"], answer["stages"][0]["total"]) == (0, 1)
    assert signed_in.get(f"{API}/uploads/so-far/").status_code == 400


def test_a_grouping_is_previewed_listed_and_undone(signed_in: Client, owner: User, stranger: User) -> None:
    group_of(owner, 4, name="Anna")
    group_of(owner, 4, look=1, waiting=True)
    plan = signed_in.get(f"{API}/runs/plan/").json()
    assert (plan["faces"], plan["names_lost"]) == (8, [])
    assert not ClusteringRun.objects.exists()
    run = owner_recluster(owner)
    assert run is not None
    answer = signed_in.get(f"{API}/runs/{run.pk}/").json()
    assert (answer["state"], answer["faces"], answer["moved"]) == ("done", 8, plan["moved"])
    assert answer["parameters"]["neighbours"].isdigit()
    (change,) = signed_in.get(f"{API}/changes/?kind=run").json()["results"]
    assert post(signed_in, f"/changes/{change['id']}/undo/", {}).json()["undone_at"]
    signed_in.force_login(stranger)
    assert signed_in.get(f"{API}/runs/{run.pk}/").status_code == 404


def test_a_requested_grouping_runs_without_new_photos(
    signed_in: Client, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    group_of(owner, 4)
    assert owner_recluster(owner) is not None
    monkeypatch.setattr(cluster_anew, "delay", cluster_anew)
    monkeypatch.setattr(cluster_weigh, "delay", cluster_weigh)
    assert post(signed_in, "/runs/", {}).status_code == 202
    assert ClusteringRun.objects.filter(owner=owner, state="done").count() == 2


def test_the_extent_of_a_reindex_is_previewed(signed_in: Client, owner: User) -> None:
    group_of(owner, 2)
    answer = signed_in.get(f"{API}/reindex/plan/?detector=yunet").json()
    assert (answer["detector"], answer["photos"]) == ("yunet", 2)
    unknown = signed_in.get(f"{API}/reindex/plan/?embedder=none")
    assert (unknown.status_code, list(unknown.json()["fields"])) == (400, ["embedder"])


def test_a_file_is_sent_for_every_media_type_that_fits_it(signed_in: Client, owner: User) -> None:
    image = stored_image(owner)
    path = f"{API}/images/{image.pk}/renditions/preview/"
    for accepted, sent in (
        ("image/jpeg", "image/jpeg"),
        ("application/octet-stream", "application/octet-stream"),
        ("image/avif,image/*;q=0.8", "image/jpeg"),
        ("*/*", "image/jpeg"),
        ("application/json", "image/jpeg"),
    ):
        answer = signed_in.get(path, headers={"Accept": accepted})
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, sent)
        whole(answer)
    assert signed_in.get(path, headers={"Accept": "text/html"}).status_code == 406
    original = signed_in.get(f"{API}/images/{image.pk}/original/")
    assert original.headers["Content-Type"] == "image/jpeg"
    whole(original)
    missing = signed_in.get(f"{API}/images/{image.pk + 1}/original/", headers={"Accept": "image/jpeg"})
    assert (missing.status_code, missing.headers["Content-Type"]) == (404, "application/problem+json")
    assert missing.json()["code"] == "not_there"


@pytest.mark.django_db
def test_the_server_describes_its_limits(client: Client) -> None:
    answer = client.get(f"{API}/server/").json()
    assert answer["version"].count(".") == 2
    assert "image/heic" in answer["formats"]
    assert answer["limits"]["page_rows"] == 500
    rates = {"read", "write", "upload", "faces", "frames", "visitor"}
    assert answer["limits"]["requests_a_minute"].keys() == rates


def test_messages_are_in_the_language_of_the_request(signed_in: Client, owner: User) -> None:
    face = group_of(owner, 1).faces.get()
    face.embeddings.all().delete()

    def answer(language: str, path: str, data: Any) -> Any:
        headers = {"Accept-Language": language}
        return signed_in.post(f"{API}{path}", data, content_type="application/json", headers=headers).json()

    english, french = (answer(one, "/lookalike/", {"face": face.pk}) for one in ("en", "fr"))
    assert english["code"] == french["code"] == "face_not_read_yet"
    assert french["detail"].startswith("Ce visage")
    missing = answer("es", "/faces/confirm/", {})
    assert missing["detail"] != answer("en", "/faces/confirm/", {})["detail"]
    assert missing["fields"] == {"faces": ["Este campo es requerido."]}
