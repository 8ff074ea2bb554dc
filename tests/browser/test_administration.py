"""The administration in a browser: its own policy is enough for it, and nothing comes from elsewhere."""

import os
from pathlib import Path
from typing import Literal

from django.contrib.auth.models import User
from django.urls import reverse
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from albums.models import Album, Image, ShareLink
from faces.messages import message
from faces.models import Change, ClusteringRun, FaceScan, Person, Verdict
from tests.browser.axe import violations
from tests.rows import face_row, image_rows, upload_row

ALL_LOOKS: tuple[tuple[int, Literal["light", "dark"]], ...] = (
    (1440, "light"), (1440, "dark"), (390, "light"), (390, "dark"),
)  # fmt: skip


def server_rows(owner: User) -> dict[str, int]:
    """Somebody else's rows and the operator's own, with something wrong in each."""
    ada = User.objects.create_user("grace", password="a long pass phrase")
    for number in range(12):
        User.objects.create_user(f"visitor-{number:02}")
    images = [*image_rows(ada, 30), *image_rows(owner, 8)]
    Image.objects.filter(pk__in=[image.pk for image in images[:4]]).update(
        state="refused", reason="truncated"
    )
    Image.objects.filter(pk__in=[image.pk for image in images[4:7]]).update(state="stored")
    for number, image in enumerate(images[7:]):
        failed = number % 9 == 3
        FaceScan.objects.create(
            image=image,
            state="failed" if failed else "done",
            reason="took_too_long" if failed else "",
            detector="retinaface_mobilenet",
            embedder="facenet_sface256",
        )
    people = [
        Person.objects.create(owner=ada, name=f"Zoe {number}" if number % 2 else "") for number in range(9)
    ]
    for number, image in enumerate(images[7:30]):
        person = people[number % 9]
        face = face_row(image, person=person, crop=False)
        if number < 5:
            Verdict.objects.create(face=face, person=person, kind="is", by=ada)
    album = Album.objects.create(owner=ada, name="Zinnias")
    ShareLink.objects.create(album=album)
    upload_row(ada, name="a.zip", size_bytes=3_000_000, received_bytes=99_000)
    change = Change(owner=ada, by=ada, kind="name", rows={"x": {}})
    change.summary = message("Named %(name)s", name="Zoe")
    change.save()
    run = ClusteringRun.objects.create(
        owner=ada, embedder="facenet_sface256", state="done", faces=23, people=9, waiting=2, moved=4,
        parameters={"method": "hdbscan", "neighbours": 16, "distance": 0.57, "joined": [3, 1]},
    )  # fmt: skip
    run.finished_at = run.started_at
    run.save()
    return {"ada": ada.pk, "image": images[0].pk, "run": run.pk, "album": album.pk, "person": people[1].pk}


def pages(rows: dict[str, int]) -> dict[str, str]:
    """Addresses by a short name."""
    tables = ("albums_image", "albums_album", "albums_upload", "auth_user", "faces_facescan", "faces_face")
    more = ("faces_person", "faces_verdict", "faces_change", "faces_clusteringrun")
    return {
        "index": reverse("admin:index"),
        **{name: reverse(f"admin:{name}_changelist") for name in (*tables, *more)},
        **{name: reverse(f"admin:{name}") for name in ("jobs", "models", "grouping")},
        "grouping_of": reverse("admin:grouping_of", args=[rows["ada"]]),
        "one_account": reverse("admin:auth_user_change", args=[rows["ada"]]),
        "new_account": reverse("admin:auth_user_add"),
        "quota": reverse("admin:auth_user_action", args=[rows["ada"], "quota"]),
        "delete": reverse("admin:auth_user_action", args=[rows["ada"], "delete"]),
        "one_image": reverse("admin:albums_image_change", args=[rows["image"]]),
        "one_run": reverse("admin:faces_clusteringrun_change", args=[rows["run"]]),
    }


# Without a folder to look at pictures in, these on a phone alone: each kind of page once.
FEW = ("index", "albums_image", "one_image", "jobs", "models", "grouping_of", "quota")


def test_each_page_works_under_its_policy_and_fits_a_phone(
    signed_in: Page, owner: User, live_server: LiveServer
) -> None:
    rows = server_rows(owner)
    folder = os.environ.get("TROMBINE_LOOK_AT")
    wanted = {name: address for name, address in pages(rows).items() if folder or name in FEW}
    for width, scheme in ALL_LOOKS if folder else ALL_LOOKS[-2:-1]:
        signed_in.set_viewport_size({"width": width, "height": 900})
        signed_in.emulate_media(color_scheme=scheme)
        for name, address in wanted.items():
            signed_in.goto(f"{live_server.url}{address}")
            signed_in.wait_for_load_state("networkidle")
            wide = signed_in.evaluate("document.documentElement.scrollWidth > innerWidth")
            if folder:
                signed_in.screenshot(path=Path(folder) / f"{name}-{width}-{scheme}.png")
            assert not wide, f"{name} is wider than {width} pixels"
            assert violations(signed_in, colours_alone=True) == [], (name, scheme)
