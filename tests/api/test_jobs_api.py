"""Photos by time, the bin, files on their way in, and the work on them, by the API."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from albums.models import Image, UnpackedFile, Upload
from faces.models import ClusteringRun, FaceScan
from faces.services.grouping.run import owner_recluster
from faces.tasks import cluster_anew, cluster_weigh
from tests.page_rows import group_of, image_rows, stored_image, whole

API = "/api/v1"


def post(client: Client, path: str, data: Any) -> Any:
    return client.post(f"{API}{path}", data, content_type="application/json")


def test_months_are_counted_and_those_without_a_date_come_last(signed_in: Client, owner: User) -> None:
    image_rows(owner, 20)  # a day apart, back from 15 June
    stored_image(owner, number=99, captured_at=None)
    told = signed_in.get(f"{API}/timeline/").json()
    assert told == {
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


def test_a_search_is_completed(signed_in: Client, owner: User) -> None:
    anna = group_of(owner, 1, name="Anna Castillo")
    groups = signed_in.get(f"{API}/search/suggestions/?q=beach+cast").json()["groups"]
    person = next(one for one in groups if one["part"] == "person")
    assert person["choices"] == [{"value": str(anna.pk), "label": "Anna Castillo"}]
    assert person["rest"] == "beach"


def test_what_is_erased_from_the_bin_never_comes_back(
    signed_in: Client, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.views.bin.enqueue_expiring", lambda: None)  # no worker has come to it yet
    kept, gone = stored_image(owner, number=1, binned=True), stored_image(owner, number=2, binned=True)
    shown = signed_in.get(f"{API}/bin/{gone.pk}/renditions/thumbnail/")
    assert whole(shown).startswith(b"\xff\xd8")
    assert post(signed_in, "/bin/erase/", {"images": [gone.pk]}).json() == {"images": [gone.pk]}
    assert [one["id"] for one in signed_in.get(f"{API}/bin/").json()["results"]] == [kept.pk]
    assert signed_in.get(f"{API}/bin/{gone.pk}/renditions/thumbnail/").status_code == 404
    assert post(signed_in, "/bin/restore/", {"images": [kept.pk, gone.pk]}).json() == {"images": [kept.pk]}
    signed_in.delete(f"{API}/images/{kept.pk}/")
    assert signed_in.delete(f"{API}/bin/").status_code == 204
    assert signed_in.get(f"{API}/bin/").json()["results"] == []


def test_each_file_of_a_zip_is_told_of(signed_in: Client, owner: User, stranger: User) -> None:
    upload = Upload.objects.create(owner=owner, sha256="0" * 64, name="x.zip", size_bytes=9)
    UnpackedFile.objects.create(upload=upload, position=1, name="a.txt", status="refused", reason="empty")
    path = f"{API}/uploads/{upload.pk}/files/"
    (told,) = signed_in.get(path).json()["results"]
    assert (told["status"], told["reason"], told["detail"]) == ("refused", "empty", "The file is empty.")
    signed_in.force_login(stranger)
    assert signed_in.get(path).status_code == 404


def test_all_that_failed_is_tried_again(
    signed_in: Client, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[int]] = []
    monkeypatch.setattr("api.views.files.enqueue_reading", asked.append)
    monkeypatch.setattr("api.views.jobs.enqueue_scans", asked.append)
    refused = [stored_image(owner, number=at, state=Image.State.REFUSED).pk for at in (1, 2)]
    scanned = stored_image(owner, number=3)
    FaceScan.objects.create(image=scanned, state="failed", reason="crashed")
    assert sorted(post(signed_in, "/images/retry/", {}).json()["images"]) == refused
    assert post(signed_in, "/jobs/failed-scans/", {"images": None}).json() == {"images": [scanned.pk]}
    assert [sorted(ids) for ids in asked] == [refused, [scanned.pk]]


def test_the_work_since_a_moment_is_told(signed_in: Client, owner: User) -> None:
    stored_image(owner, state=Image.State.STORED)
    before = (timezone.now() - timedelta(minutes=5)).isoformat().replace("+", "%2B")
    told = signed_in.get(f"{API}/uploads/so-far/?since={before}").json()
    assert told["busy"] is True
    assert (told["stages"][0]["done"], told["stages"][0]["total"]) == (0, 1)
    assert signed_in.get(f"{API}/uploads/so-far/").status_code == 400


def test_a_grouping_is_planned_and_told_of(signed_in: Client, owner: User, stranger: User) -> None:
    group_of(owner, 4, name="Anna")
    group_of(owner, 4, look=1, waiting=True)
    plan = signed_in.get(f"{API}/runs/plan/").json()
    assert (plan["faces"], plan["names_lost"]) == (8, [])
    assert not ClusteringRun.objects.exists()
    run = owner_recluster(owner)
    assert run is not None
    told = signed_in.get(f"{API}/runs/{run.pk}/").json()
    assert (told["state"], told["faces"], told["moved"]) == ("done", 8, plan["moved"])
    assert told["parameters"]["neighbours"].isdigit()
    (change,) = signed_in.get(f"{API}/changes/?kind=run").json()["results"]
    assert post(signed_in, f"/changes/{change['id']}/undo/", {}).json()["undone_at"]
    signed_in.force_login(stranger)
    assert signed_in.get(f"{API}/runs/{run.pk}/").status_code == 404


def test_a_grouping_that_is_asked_for_is_made_though_no_photo_came(
    signed_in: Client, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    group_of(owner, 4)
    assert owner_recluster(owner) is not None
    monkeypatch.setattr(cluster_anew, "delay", cluster_anew)
    monkeypatch.setattr(cluster_weigh, "delay", cluster_weigh)
    assert post(signed_in, "/runs/", {}).status_code == 202
    assert ClusteringRun.objects.filter(owner=owner, state="done").count() == 2


def test_what_a_reindex_would_cost_is_told(signed_in: Client, owner: User) -> None:
    group_of(owner, 2)
    told = signed_in.get(f"{API}/reindex/plan/?detector=yunet").json()
    assert (told["detector"], told["photos"]) == ("yunet", 2)
    unknown = signed_in.get(f"{API}/reindex/plan/?embedder=none")
    assert (unknown.status_code, list(unknown.json()["fields"])) == (400, ["embedder"])


def test_a_file_is_given_by_whatever_name_it_is_asked_for(signed_in: Client, owner: User) -> None:
    image = stored_image(owner)
    path = f"{API}/images/{image.pk}/renditions/preview/"
    for accepted, told in (
        ("image/jpeg", "image/jpeg"),
        ("application/octet-stream", "application/octet-stream"),
        ("image/avif,image/*;q=0.8", "image/jpeg"),
        ("*/*", "image/jpeg"),
        ("application/json", "image/jpeg"),
    ):
        answer = signed_in.get(path, headers={"Accept": accepted})
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, told)
        whole(answer)
    assert signed_in.get(path, headers={"Accept": "text/html"}).status_code == 406
    original = signed_in.get(f"{API}/images/{image.pk}/original/")
    assert original.headers["Content-Type"] == "image/jpeg"
    whole(original)
    missing = signed_in.get(f"{API}/images/{image.pk + 1}/original/", headers={"Accept": "image/jpeg"})
    assert (missing.status_code, missing.headers["Content-Type"]) == (404, "application/problem+json")
    assert missing.json()["code"] == "not_there"


def test_this_server_says_what_it_takes(client: Client) -> None:
    told = client.get(f"{API}/server/").json()
    assert told["version"].count(".") == 2
    assert "image/heic" in told["formats"]
    assert told["limits"]["page_rows"] == 500
    assert told["limits"]["requests_a_minute"].keys() == {"read", "write", "upload", "faces", "visitor"}


def test_what_is_said_is_in_the_readers_language(signed_in: Client, owner: User) -> None:
    face = group_of(owner, 1).faces.get()
    face.embeddings.all().delete()

    def told(language: str, path: str, data: Any) -> Any:
        headers = {"Accept-Language": language}
        return signed_in.post(f"{API}{path}", data, content_type="application/json", headers=headers).json()

    english, french = (told(one, "/lookalike/", {"face": face.pk}) for one in ("en", "fr"))
    assert english["code"] == french["code"] == "face_not_read_yet"
    assert french["detail"].startswith("Ce visage")
    missing = told("es", "/faces/confirm/", {})
    assert missing["detail"] != told("en", "/faces/confirm/", {})["detail"]
    assert missing["fields"] == {"faces": ["Este campo es requerido."]}
