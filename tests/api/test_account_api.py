"""Accounts in the API: signing in, name, password, sessions, stored data and deletion."""

import io
import json
import zipfile
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from albums.models import OperatorGrant, Preferences
from faces.models import ErasureReceipt, Face
from faces.services.core.consent import recognition_enabled
from tests.rows import face_row, stored_image, whole

API = "/api/v1"
CURRENT = "a long pass phrase"
NEW = "another long pass phrase"
SIGN_IN = {"username": "ada", "password": CURRENT, "name": "Phone", "scopes": ["read"]}


@pytest.fixture(autouse=True)
def own_cache(settings: object) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}  # type: ignore[attr-defined]
    cache.clear()


def send(client: Client, path: str, data: Any, method: str = "post", **headers: str) -> Any:
    return client.generic(
        method, f"{API}{path}", json.dumps(data), content_type="application/json", headers=headers
    )


def test_name_and_password_give_a_token_with_the_requested_scopes(client: Client, owner: User) -> None:
    answer = send(client, "/sign-in/", SIGN_IN)
    assert answer.status_code == 201
    headers = {"Authorization": f"Bearer {answer.json()['secret']}"}
    me = client.get(f"{API}/me/", headers=headers).json()
    assert (me["username"], me["scopes"], me["language"]) == ("ada", ["read"], None)
    assert send(client, "/sign-in/", {**SIGN_IN, "scopes": ["admin"]}).status_code == 403


def test_a_wrong_password_and_an_unknown_name_have_the_same_answer(client: Client, owner: User) -> None:
    wrong = send(client, "/sign-in/", {**SIGN_IN, "password": "no"})
    unknown = send(client, "/sign-in/", {**SIGN_IN, "username": "nemo"})
    assert (wrong.status_code, wrong.json()["code"]) == (403, "wrong_password")
    assert wrong.json() == unknown.json()


def test_attempts_at_passwords_are_limited(client: Client, owner: User) -> None:
    statuses = [send(client, "/sign-in/", {**SIGN_IN, "password": "no"}).status_code for _ in range(11)]
    assert statuses == [403] * 10 + [429]
    assert send(client, "/sign-in/", SIGN_IN).status_code == 429, "the right one must wait, too"


def test_name_and_appearance_change_together_or_not_at_all(
    signed_in: Client, owner: User, stranger: User
) -> None:
    taken = send(signed_in, "/me/", {"username": "eve", "theme": "dark"}, "patch")
    assert (taken.status_code, list(taken.json()["fields"])) == (400, ["username"])
    assert not Preferences.objects.exists()
    changed = send(signed_in, "/me/", {"username": "ada2", "theme": "dark", "language": "fr"}, "patch").json()
    assert (changed["username"], changed["theme"], changed["language"]) == ("ada2", "dark", "fr")
    later = send(signed_in, "/me/", {"language": None, "operators_see": True}, "patch").json()
    assert (later["language"], later["operators_see"]) == (None, True)
    assert OperatorGrant.objects.get().owner == owner


def test_a_new_password_needs_the_old_one_and_ends_other_sessions(signed_in: Client, owner: User) -> None:
    elsewhere = Client()
    elsewhere.force_login(owner)
    wrong = send(signed_in, "/me/password/", {"current": "no", "password": NEW})
    assert (wrong.status_code, list(wrong.json()["fields"])) == (400, ["current"])
    weak = send(signed_in, "/me/password/", {"current": CURRENT, "password": "ada"})
    assert (weak.status_code, list(weak.json()["fields"])) == (400, ["password"])
    assert send(signed_in, "/me/password/", {"current": CURRENT, "password": NEW}).status_code == 204
    owner.refresh_from_db()
    assert owner.check_password(NEW)
    assert (signed_in.get(f"{API}/me/").status_code, elsewhere.get(f"{API}/me/").status_code) == (200, 401)


def test_sessions_are_listed_without_their_keys_and_ended(signed_in: Client, owner: User) -> None:
    Client().force_login(owner)
    elsewhere = Client()
    elsewhere.force_login(owner)
    listed = signed_in.get(f"{API}/me/sessions/").content.decode()
    assert [one["current"] for one in json.loads(listed)["sessions"]].count(True) == 1
    assert not any(session.session_key in listed for session in Session.objects.all())
    assert send(signed_in, "/me/sessions/end/", {}).json() == {"count": 2}
    assert len(signed_in.get(f"{API}/me/sessions/").json()["sessions"]) == 1
    assert elsewhere.get(f"{API}/me/").status_code == 401


def test_an_account_is_deleted_with_its_password_and_leaves_a_receipt(signed_in: Client, owner: User) -> None:
    stored_image(owner)
    assert send(signed_in, "/me/delete/", {"password": "no"}).status_code == 400
    receipt = send(signed_in, "/me/delete/", {"password": CURRENT}, **{"Idempotency-Key": "k1"})
    assert receipt.status_code == 200, receipt.content
    assert (receipt.json()["username"], receipt.json()["erased"]["photos"]) == ("ada", 1)
    assert receipt.json()["sweep"] == {"finished_at": None, "progress": 0.0, "backups": [], "left": []}
    assert not User.objects.exists()
    assert signed_in.get(f"{API}/me/").status_code == 401


def test_the_last_administrator_is_not_deleted(signed_in: Client, owner: User, stranger: User) -> None:
    User.objects.filter(pk=owner.pk).update(is_superuser=True)
    answer = send(signed_in, "/me/delete/", {"password": CURRENT})
    assert (answer.status_code, answer.json()["code"]) == (409, "last_administrator")


def test_all_data_is_exported_and_its_size_reported(signed_in: Client, owner: User) -> None:
    stored_image(owner)
    content = whole(signed_in.get(f"{API}/me/export/?originals=true"))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
    assert {"photos.json", "people.json", "verdicts.json"} <= set(names)
    assert any(name.startswith("originals/") for name in names)
    storage = signed_in.get(f"{API}/me/storage/").json()
    assert [one["kind"] for one in storage["originals"]] == [
        "photos",
        "unread",
        "binned",
        "refused",
        "coming",
    ]
    assert storage["derived"] is None
    counted = signed_in.get(f"{API}/me/storage/?count=true").json()["derived"]
    assert counted[0] | {"label": "", "bytes": 0} == {
        "kind": "renditions",
        "label": "",
        "count": 2,
        "bytes": 0,
    }


def test_recognition_off_leaves_a_receipt_and_recognition_on_scans_again(
    signed_in: Client,
    owner: User,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    queued: list[object] = []
    monkeypatch.setattr("api.views.recognition.enqueue_sweep", lambda: queued.append("sweep"))
    monkeypatch.setattr("api.views.recognition.enqueue_owner_scans", queued.append)
    face_row(stored_image(owner))
    assert signed_in.get(f"{API}/me/recognition/").json() == {"enabled": True, "faces": 1, "people": 0}
    with django_capture_on_commit_callbacks(execute=True):
        off = send(signed_in, "/me/recognition/", {"enabled": False}, "put").json()
    assert off["erased"]["faces"] == 1
    assert not recognition_enabled(owner.pk)
    assert not Face.objects.exists()
    receipt = signed_in.get(f"{API}/me/receipts/").json()["results"][0]
    assert (receipt["id"], receipt["erased"]) == (ErasureReceipt.objects.get().pk, off["erased"])
    assert receipt["sweep"] == {"finished_at": None, "progress": 0.0, "backups": [], "left": []}
    with django_capture_on_commit_callbacks(execute=True):
        send(signed_in, "/me/recognition/", {"enabled": True}, "put")
    assert queued == ["sweep", owner.pk]
