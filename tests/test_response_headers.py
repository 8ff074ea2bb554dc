"""Every response of the pages, the administration and the API has the headers that keep other sites out."""

from collections.abc import Iterator

import pytest
from django.conf import settings as loaded
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from albums import extensions
from albums.models import Album
from tests.browser import page_table
from tests.browser.page_scene import Scene, scene_rows
from tests.browser.page_table import Row
from tests.demo import studio
from tests.faces.trained_verifiers import stored_verifier
from tests.fuzzing.page_attacks import PageTargets

pytestmark = [pytest.mark.long, pytest.mark.slow(10), pytest.mark.urls("tests.browser.failing_urls")]

ALWAYS = {
    "X-Content-Type-Options": ("nosniff",),
    "X-Frame-Options": ("DENY",),
    # The address of a share link is its secret.
    "Referrer-Policy": ("same-origin", "no-referrer"),
    "Cross-Origin-Opener-Policy": ("same-origin",),
    "Cross-Origin-Resource-Policy": ("same-origin",),
}
ALONE = ("base-uri 'none'", "frame-ancestors 'none'")
POLICY = ("default-src 'self'", "object-src 'none'", *ALONE)
# Their libraries add styles: the administration (and scripts in attributes) and the documentation of the API.
STYLED = ("/admin/", "/api/v1/docs/")


@pytest.fixture
def scene(owner: User, monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> Iterator[Scene]:
    cache.clear()
    monkeypatch.setattr(loaded, "DATA_DIR", tmp_path)
    stored_verifier("a-class")
    yield scene_rows(owner)
    extensions.unregister(studio.EXTENSION)


@pytest.fixture
def secure(settings: Settings) -> None:
    """The settings of TROMBINE_HTTPS."""
    settings.SECURE_HSTS_SECONDS = 365 * 24 * 3600
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")


def browser(user: User | None = None, *, checks: bool = False) -> Client:
    """A browser that comes over HTTPS, and sees an error as others do."""
    client = Client(
        raise_request_exception=False, enforce_csrf_checks=checks, headers={"X-Forwarded-Proto": "https"}
    )
    if user is not None:
        client.force_login(user)
    return client


def missing(client: Client, address: str, form: dict[str, str] | None = None) -> list[str]:
    """The faults of the headers at an address."""
    answer = client.get(address) if form is None else client.post(address, form)
    if answer.streaming:
        answer.getvalue()
    found = answer.headers
    faults = [
        f"{name}: {found.get(name)}" for name, values in ALWAYS.items() if found.get(name) not in values
    ]
    policy = found.get("Content-Security-Policy", "")
    # Of a photo nothing is loaded at all.
    needed = ALONE if policy.startswith("default-src 'none'") else POLICY
    faults += [f"policy without {part}" for part in needed if part not in policy]
    scripts = policy.partition("script-src")[2].partition(";")[0]
    if "unsafe-inline" in scripts or ("unsafe" in policy and not address.startswith(STYLED)):
        faults.append(f"policy: {policy}")
    for device in ("camera", "microphone", "geolocation"):
        if f"{device}=(" not in found.get("Permissions-Policy", ""):
            faults.append(f"permissions without {device}")
    if not found.get("Strict-Transport-Security", "").startswith("max-age=31536000"):
        faults.append("no HSTS")
    return [f"{address} ({answer.status_code}): {fault}" for fault in faults]


def of_rows(client: Client, rows: tuple[Row, ...], scene: Scene) -> list[str]:
    return [
        fault
        for row in rows
        for fault in missing(client, row.address(scene), dict(row.form(scene)) if row.form else None)
    ]


@pytest.mark.usefixtures("secure")
def test_every_page_has_them_also_for_those_without_an_account(scene: Scene) -> None:
    signed_in, visitor = browser(scene.owner), browser()
    own = tuple(row for row in page_table.EVERY if row not in page_table.SHARED)
    assert of_rows(signed_in, own, scene) + of_rows(visitor, page_table.SHARED, scene) == []


@pytest.mark.usefixtures("secure")
def test_media_files_redirects_and_errors_have_them(scene: Scene) -> None:
    signed_in, visitor, link = browser(scene.owner), browser(), scene.link.token
    photo, face = scene.image.pk, scene.face.pk
    addresses = (
        *(f"/photos/{photo}/original", f"/photos/{photo}/preview.jpg", f"/faces/{face}/crop.jpg"),
        *(
            f"/s/{link}/photos/{photo}/preview.jpg",
            f"/s/{link}/photos/{photo}/original",
            f"/s/{link}/download/",
        ),
        *(
            "/static/css/base.css",
            "/static/nothing.css",
            "/favicon.ico",
            "/texts.js",
            "/healthz",
            "/search/?q=%00",
        ),
        *("/api/v1/images/", f"/api/v1/images/{photo}/original/", "/api/v1/nothing/", "/api/v1/schema/"),
        *("/api/v1/docs/", "/api/v1/docs/redoc/", "/nothing/", "/fails/broken/", "/fails/forbidden/"),
        *(f"/studio/jobs/{scene.jobs['done'].pk}/files/watercolour.jpg", "/timeline/ids/"),
    )
    assert [
        fault for address in addresses for one in (signed_in, visitor) for fault in missing(one, address)
    ] == []
    refused = browser(scene.owner, checks=True)
    assert missing(refused, "/settings/theme/", {}) == []
    elsewhere = browser()
    elsewhere.defaults["HTTP_HOST"] = "example.org"
    assert missing(elsewhere, "/") == []


@pytest.mark.usefixtures("secure")
def test_the_administration_has_them(scene: Scene) -> None:
    operator = browser(User.objects.create_superuser("grace"))
    Album.objects.create(owner=scene.friend, name="Zinnias")
    targets = PageTargets({"/auth/user/": scene.owner.pk, "/albums/image/": scene.image.pk}).targets
    pages = [one.route for one in targets if one.route.startswith("/admin/") and "<" not in one.route]
    pages.append(reverse("admin:auth_user_change", args=[scene.owner.pk]))
    assert len(pages) > 20
    assert [fault for address in pages for fault in missing(operator, address)] == []
