"""An account with something of everything, an operator, and a visitor, who attack all of it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client

from albums.models import Upload
from api.models import ApiToken
from api.tokens import token_create
from faces.models import Change, ClusteringRun, Face, Verdict
from tests.browser.page_scene import Scene, scene_rows
from tests.fuzzing.attack import Sender
from tests.fuzzing.page_attacks import PageTargets
from tests.fuzzing.run import Fuzzer
from tests.fuzzing.schema_attacks import ApiTargets
from tests.rows import upload_row

OFTEN = "1000000000/min"


def fuzzer_create(seed: int, host: str = "testserver") -> Fuzzer:
    """Store the rows, and return what attacks them. `host`: the name that the server takes."""
    settings.API_RATES = dict.fromkeys(settings.API_RATES, OFTEN)
    owner = User.objects.create_user("ada", password="a long pass phrase")
    operator = User.objects.create_superuser("grace", password="another pass phrase")
    scene = scene_rows(owner)
    upload = upload_row(owner, name="half.jpg", size_bytes=100)
    change = Change.objects.create(owner=owner, by=owner, kind="name", text="Named Anna")
    run = ClusteringRun.objects.create(owner=owner, embedder="facenet_sface256", state="done")
    verdict = Verdict.objects.create(face=scene.face, person=scene.anna, kind="is", by=owner)
    ids = _ids(scene, upload, change, run)
    pages = PageTargets(_page_values(scene, owner, ids, verdict))
    senders = [
        _signed_in("owner", owner, host),
        _signed_in("operator", operator, host),
        Sender("visitor", Client(SERVER_NAME=host)),
        _with_token("token", owner, host),
    ]
    for sender, below in zip(senders, ("/", "/admin/", "/s/"), strict=False):
        pages.read_forms(sender, below)
    return Fuzzer(senders, ApiTargets(ids), pages, seed)


def _signed_in(who: str, user: User, host: str) -> Sender:
    client = Client(SERVER_NAME=host)
    client.force_login(user)
    return Sender(who, client)


def _with_token(who: str, user: User, host: str) -> Sender:
    scopes = [scope for scope in ApiToken.Scope.values if scope != ApiToken.Scope.ADMIN]
    secret = token_create(user=user, name="fuzzing", scopes=scopes, expires_at=None)[1]
    return Sender(who, Client(SERVER_NAME=host), {"Authorization": f"Bearer {secret}"})


def _ids(scene: Scene, upload: Upload, change: Change, run: ClusteringRun) -> dict[str, Any]:
    token = ApiToken.objects.get(user=scene.owner)
    return {
        "images": scene.image.pk,
        "photo": scene.image.pk,
        "photos": scene.image.pk,
        "faces": scene.face.pk,
        "people": scene.anna.pk,
        "person": scene.anna.pk,
        "other": scene.ben.pk,
        "albums": scene.album.pk,
        "galleries": scene.album.pk,
        "gallery": scene.album.pk,
        "links": scene.link.pk,
        "changes": change.pk,
        "tokens": token.pk,
        "uploads": str(upload.pk),
        "runs": run.pk,
        "bin": scene.image.pk,
        "jobs": scene.jobs["done"].pk,
        "token": scene.link.token,
        "username": scene.friend.username,
        "kind": "preview",
        "slug": "starry-night",
    }


def _page_values(scene: Scene, owner: User, ids: dict[str, Any], verdict: Verdict) -> dict[str, Any]:
    other = Face.objects.filter(person=scene.ben).first()
    return {
        "/photos/": ids["images"],
        "/bin/": ids["images"],
        "/albums/": ids["albums"],
        "/people/": ids["people"],
        "/faces/": ids["faces"],
        "/uploads/": ids["uploads"],
        "/changes/": ids["changes"],
        "/jobs/": ids["jobs"],
        "/lookalike/": ids["faces"],
        "/s/": scene.image.pk,
        "/auth/user/": owner.pk,
        "/albums/image/": scene.image.pk,
        "/albums/album/": scene.album.pk,
        "/albums/upload/": ids["uploads"],
        "/albums/job/": ids["jobs"],
        "/faces/person/": scene.anna.pk,
        "/faces/face/": scene.face.pk,
        "/faces/change/": ids["changes"],
        "/faces/verdict/": verdict.pk,
        "/faces/clusteringrun/": ids["runs"],
        "other_pk": scene.ben.pk,
        "member": scene.borrowed.pk,
        "link": scene.link.pk,
        "gallery": scene.album.pk,
        "token": scene.link.token,
        "kind": "preview",
        "name": "watercolour.jpg",
        "moment": 1,
        # Of forms that a script fills.
        "person": scene.anna.pk,
        "other": other.pk if other else 1,
        "face": scene.face.pk,
        "faces": scene.face.pk,
        "image": scene.image.pk,
        "photo": scene.image.pk,
        "album": scene.album.pk,
        "owner": owner.pk,
    }
