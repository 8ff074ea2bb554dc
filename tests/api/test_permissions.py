"""Permissions of every operation: tokens, roles, and rows of other accounts.

The operations are read from the schema, so that new ones are tested here at once.
"""

import json
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator

from api.tokens import token_create
from tests.api.world import World, stored_world, world
from tests.rows import whole

__all__ = ["stored_world", "world"]

METHODS = ("get", "post", "put", "patch", "delete")
SCHEMA: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)


@dataclass(frozen=True)
class Operation:
    name: str
    method: str
    path: str
    body: Any
    media: str
    open: bool
    """True without authentication."""

    @property
    def writes(self) -> bool:
        return self.method != "get"


def operations() -> list[Operation]:
    found = []
    for path, item in SCHEMA["paths"].items():
        for method in METHODS:
            if method not in item:
                continue
            one = item[method]
            content = one.get("requestBody", {}).get("content", {})
            media = (
                "application/json" if "application/json" in content or not content else next(iter(content))
            )
            examples = content.get(media, {}).get("examples", {})
            body = next(iter(examples.values()))["value"] if examples else None
            found.append(
                Operation(one["operationId"], method, path, body, media, open={} in one.get("security", []))
            )
    return found


OPERATIONS = operations()
OF_ACCOUNTS = [one for one in OPERATIONS if not one.open]


def name_of(value: Any) -> str:
    return value.name if isinstance(value, Operation) else str(value)


def ask(client: Client, one: Operation, ids: dict[str, Any], **more: Any) -> Any:
    """Send an operation's example with these ids."""
    path = one.path.replace("{username}", "victor").replace("{key}", "same:1:2").replace("{kind}", "preview")
    path = path.replace("{name}", "result.txt").replace("{slug}", "great-wave")
    path = path.replace("{token}", "a-token-that-is-none")
    for part, value in ids.items():
        path = path.replace(f"/{part}/{{id}}", f"/{part}/{value}")
    assert "{" not in path, path
    body = _with_ids(one.body, ids)
    if one.media == "application/octet-stream":
        more["headers"] = {**more.get("headers", {}), "Upload-Offset": "0"}
        return client.generic(one.method, path, b"123", content_type=one.media, **more)
    if one.media == "multipart/form-data" and body is None:
        return client.post(path, {}, **more)
    content = json.dumps(body) if body is not None else ""
    return client.generic(one.method, path, content, content_type="application/json", **more)


def _with_ids(body: Any, ids: dict[str, Any]) -> Any:
    if not isinstance(body, dict):
        return body
    lists = {"images": "images", "faces": "faces", "others": "people", "people": "people"}
    single = {"cover": "images", "image": "images", "person": "people", "face": "faces"}
    single |= {"first_face": "faces", "second_face": "faces", "album": "albums", "other": "people"}
    single |= {"style_image": "images"}
    filled = dict(body)
    filled |= {name: [ids[kind]] for name, kind in lists.items() if name in body}
    filled |= {name: ids[kind] for name, kind in single.items() if name in body}
    return filled


def bearer(user: User, *scopes: str, days: int | None = None) -> dict[str, str]:
    ends = None if days is None else timezone.now() + timedelta(days=days)
    secret = token_create(user=user, name="t", scopes=scopes, expires_at=ends)[1]
    return {"Authorization": f"Bearer {secret}"}


@pytest.mark.parametrize("one", OF_ACCOUNTS, ids=name_of)
def test_missing_and_expired_tokens_are_refused(client: Client, world: World, one: Operation) -> None:
    for headers in (
        {},
        bearer(world.ada, "read", "write", "faces", days=-1),
        {"Authorization": "Bearer tro_x"},
    ):
        answer = ask(client, one, world.ids(), headers=headers)
        assert answer.status_code == 401, answer.content
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("one", OF_ACCOUNTS, ids=name_of)
def test_a_token_may_do_what_its_scopes_say(client: Client, world: World, one: Operation) -> None:
    wrong = bearer(world.ada, "read" if one.writes else "write", "faces")
    answer = ask(client, one, world.ids(), headers=wrong)
    assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")


ABOUT_FACES = (
    *("face", "people", "person", "review", "change", "lookalike", "verif", "run", "scan", "recog"),
    *("verdict", "reindex", "receipt", "me_export", "attributes", "studio_morph", "studio_growing"),
    "detectors",
)


@pytest.mark.parametrize("one", [one for one in OF_ACCOUNTS if one.name.startswith(ABOUT_FACES)], ids=name_of)
def test_operations_about_faces_need_their_scope(client: Client, world: World, one: Operation) -> None:
    answer = ask(client, one, world.ids(), headers=bearer(world.ada, "read", "write"))
    assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")


KINDS_OF_IDS = (
    "images", "faces", "people", "albums", "links", "changes", "tokens", "runs", "bin", "jobs", "different",
    "photo-changes",
)  # fmt: skip
NOTHING = {
    **dict.fromkeys(World.__annotations__, 0),
    **dict.fromkeys(KINDS_OF_IDS, 987_654_321),
    "uploads": uuid.UUID(int=1),
}


# Slugs name what every account has.
NAMING_SOMETHING = [
    one
    for one in OF_ACCOUNTS
    if "{" in one.path.replace("{slug}", "") or (one.body and one.body != _with_ids(one.body, NOTHING))
]


@pytest.mark.parametrize("one", NAMING_SOMETHING, ids=name_of)
def test_rows_of_others_are_reported_as_missing(client: Client, world: World, one: Operation) -> None:
    """Compare the status and the body."""
    client.force_login(world.stranger)
    theirs, nothing = ask(client, one, world.ids()), ask(client, one, NOTHING)
    assert theirs.status_code == nothing.status_code
    assert _body(theirs) == _body(nothing)


# These differ between any two answers.
VARYING = {"id", "secret", "start", "created_at"}


def _body(answer: Any) -> Any:
    if answer.streaming:
        return whole(answer)
    body = answer.json() if answer.content else None
    if isinstance(body, dict):
        return {key: value for key, value in body.items() if key not in VARYING}
    return body


OF_THE_ALBUM: dict[str, tuple[int, int, int]] = {
    # owner, editor, viewer
    "album_get": (200, 200, 200),
    "album_images": (200, 200, 200),
    "album_zip": (200, 200, 200),
    "album_add": (200, 404, 403),  # an editor adds photos of their own, and this one is Ada's
    "album_take_out": (200, 200, 403),
    "album_undo": (409, 409, 403),  # the example has the proof of another change
    "album_change": (200, 403, 403),
    "album_delete": (204, 403, 403),
    "members_list": (200, 403, 403),
    "member_put": (400, 403, 403),  # there is no Ben
    "member_remove": (204, 403, 204),  # Victor may leave
    "links_list": (200, 403, 403),
    "link_create": (201, 403, 403),
    "link_change": (200, 404, 404),
    "link_revoke": (204, 404, 404),
    "image_get": (200, 200, 200),
    "image_original": (200, 200, 200),
    "image_rendition": (200, 200, 200),
    "images_zip": (200, 200, 200),
    "image_change": (200, 404, 404),
    "image_delete": (204, 404, 404),
    "image_repeats": (200, 404, 404),
    "face_get": (200, 404, 404),
    "face_crop": (200, 404, 404),
    "faces_dismiss": (200, 404, 404),
    "person_get": (200, 404, 404),
    "upload_get": (200, 404, 404),
    "upload_files": (200, 404, 404),
    "bin_rendition": (200, 404, 404),
    "studio_job_get": (200, 404, 404),
    "studio_job_change": (200, 404, 404),
    "studio_job_delete": (204, 404, 404),
    "studio_job_cancel": (409, 404, 404),
    "studio_job_stop": (409, 404, 404),
    "studio_job_retry": (409, 404, 404),
    "studio_job_file": (200, 404, 404),
    "studio_job_save": (409, 404, 404),  # no picture
    "studio_style_create": (202, 202, 202),
    # torch is not installed; their photos may be painted, too
    "studio_gatys_create": (409, 409, 409),
    "run_get": (200, 404, 404),
    "face_name": (200, 404, 404),
    "face_suggestions": (200, 404, 404),
    "people_part": (409, 404, 404),  # from themselves
    "change_undo": (200, 404, 404),
}


@pytest.mark.parametrize("name", OF_THE_ALBUM)
@pytest.mark.parametrize("role", ["owner", "editor", "viewer"])
def test_rights_of_members_of_an_album(client: Client, world: World, name: str, role: str) -> None:
    one = next(one for one in OPERATIONS if one.name == name)
    client.force_login({"owner": world.ada, "editor": world.editor, "viewer": world.viewer}[role])
    answer = ask(client, one, world.ids())
    expected = OF_THE_ALBUM[name][["owner", "editor", "viewer"].index(role)]
    # Read to the end, or a zip would occupy one of the slots for downloads.
    assert answer.status_code == expected, whole(answer)
    whole(answer)


def test_a_member_does_not_see_private_fields_of_a_photo(client: Client, world: World) -> None:
    client.force_login(world.viewer)
    shown = client.get(f"/api/v1/images/{world.image.pk}/").json()
    assert (shown["name"], shown["path"], shown["sha256"]) == ("photo-1.jpg", None, None)
    client.force_login(world.ada)
    assert client.get(f"/api/v1/images/{world.image.pk}/").json()["path"] == "holiday/photo-1.jpg"
