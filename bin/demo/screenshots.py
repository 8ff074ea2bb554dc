"""Take pictures of the pages, with an album of drawn people in a data folder that is thrown away."""
# ruff: noqa: INP001, E402, T201 - a script: it sets the settings before its imports, and prints

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import django

# The settings of the tests choose a data folder of their own. They come before any model is imported.
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
# Playwright keeps an event loop in this thread, and Django suspects every query of blocking it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
django.setup()

import numpy as np
from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.test import Client
from django.utils import timezone
from PIL import ExifTags
from PIL import Image as Pillow
from playwright.sync_api import Browser, sync_playwright

from albums.models import Image
from albums.services.renditions import image_read
from albums.services.uploads import image_store
from bin.demo.album import DrawnPhoto, SeenFace, photos
from config import embedded
from faces.models import ClusteringRun, Face, FaceScan, Person
from faces.vision.alignment import portrait_crop
from faces.vision.types import Box, Pixels

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
CROP_SIDE = 256
COLOURS = 200
# A picture that is not shown may never load, so nothing waits for it, and for no other for ever.
ALL_IN_VIEW_DECODED = """
Promise.race([
    new Promise(resolve => setTimeout(resolve, 5000)),
    Promise.all([...document.images]
        .filter(one => one.checkVisibility() && one.getBoundingClientRect().top < innerHeight)
        .map(one => one.decode().catch(() => 0))),
])
"""
NEWEST = datetime(2025, 8, 24, 15, tzinfo=UTC)


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_args: object) -> None:
        """Requests are of no interest here."""


@contextmanager
def served() -> Iterator[str]:
    """The pages on a free port of this machine."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), _Quiet)
    server.set_app(get_wsgi_application())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def fill(owner: User) -> None:
    """Put the drawn album into the database: photos by the usual way in, faces as they were drawn."""
    people: dict[str, Person] = {}
    for number, drawn in enumerate(photos()):
        image = _stored(owner, drawn, number)
        pixels = np.asarray(drawn.picture)
        for seen in drawn.faces:
            if seen.who not in people:
                name = "" if seen.who.startswith("?") else seen.who
                people[seen.who] = Person.objects.create(owner=owner, name=name)
            _face(image, people[seen.who], seen, pixels)
        FaceScan.objects.update_or_create(
            image=image, defaults={"state": FaceScan.State.DONE, "finished_at": timezone.now()}
        )
    faces = Face.objects.count()
    ClusteringRun.objects.create(
        owner=owner,
        state=ClusteringRun.State.DONE,
        finished_at=timezone.now(),
        embedder=settings.EMBEDDER,
        faces=faces,
        people=len(people),
    )


def _stored(owner: User, drawn: DrawnPhoto, number: int) -> Image:
    exif = Pillow.Exif()
    taken = NEWEST - timedelta(days=number * 5, minutes=number * 37)
    exif[ExifTags.Base.Make] = "Drawn"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = f"{taken:%Y:%m:%d %H:%M:%S}"
    content = BytesIO()
    drawn.picture.save(content, "JPEG", quality=90, exif=exif)
    name = f"{taken:%Y}/{drawn.place}-{number:02}.jpg"
    outcome = image_store(owner=owner, source=ContentFile(content.getvalue(), name=name), source_path=name)
    if outcome.image is None:
        sys.exit(f"screenshots: {name} was not taken in: {outcome.why}")
    image_read(image=outcome.image)
    return outcome.image


def _face(image: Image, person: Person, seen: SeenFace, pixels: Pixels) -> None:
    x, y, w, h = seen.box
    height, width = pixels.shape[:2]
    content = BytesIO()
    crop = portrait_crop(pixels, Box(x, y, w, h), side=CROP_SIDE)
    Pillow.fromarray(crop).save(content, "JPEG", quality=90)
    face = Face(
        image=image,
        person=person,
        x=x / width,
        y=y / height,
        w=w / width,
        h=h / height,
        landmarks=[0.5] * 10,
        score=0.99,
        # The best face stands for its person: large, and smiling.
        quality=min(1.0, w / 450) * {"smile": 1.0, "laugh": 0.9, "calm": 0.7}[seen.mouth],
        detector="drawn",
    )
    face.crop.save("face.jpg", ContentFile(content.getvalue()), save=False)
    face.save()


def pages() -> dict[str, str]:
    """The address of each page that can be pictured, by the name of its picture."""
    person = Person.objects.get(name="Clara")
    photo = Image.objects.filter(faces__person=person).order_by("-captured_at")[3]
    return {
        "people": "/people/",
        "person": f"/people/{person.pk}/",
        "photos": "/",
        "photo": f"/photos/{photo.pk}/",
        # settings
        "settings": "/settings/",
        "account": "/settings/account/",
        "appearance": "/settings/appearance/",
        "recognition": "/settings/faces/",
        "storage": "/settings/storage/",
        "jobs": "/settings/jobs/",
        "tokens": "/settings/tokens/",
        "export": "/settings/export/",
        "erase": f"/people/{person.pk}/erase/",
    }


def take(
    browser: Browser, base: str, path: str, *, owner: User, size: tuple[int, int], file: Path, dark: bool
) -> None:
    """One picture, as a signed-in person sees the page, in as few colours as nobody notices."""
    client = Client()
    client.force_login(owner)
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme="dark" if dark else "light"
    )
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": base}])
    page = context.new_page()
    page.goto(base + path, wait_until="networkidle")
    page.evaluate(ALL_IN_VIEW_DECODED)
    picture = Pillow.open(BytesIO(page.screenshot()))
    file.parent.mkdir(parents=True, exist_ok=True)
    picture.convert("RGB").quantize(COLOURS, dither=Pillow.Dither.NONE).save(file, optimize=True)
    context.close()


def parsed() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="bin/screenshots",
        description="Take pictures of the pages, with an album of drawn people in a data folder that is "
        "thrown away. Needs chromium on the path.",
        epilog="example: bin/screenshots static/img --page people",
    )
    parser.add_argument(
        "folder", nargs="?", type=Path, default=Path("screenshots"), help="default: ./screenshots"
    )
    parser.add_argument(
        "--page",
        action="append",
        help="only this page, as people, photos or settings; may be repeated",
    )
    parser.add_argument("--width", type=int, default=1440, help="of the window, default 1440")
    parser.add_argument("--height", type=int, default=900, help="of the window, default 900")
    parser.add_argument("--phone", action="store_true", help="a window of 390 x 844 instead")
    parser.add_argument("--dark", action="store_true", help="the dark colours")
    return parser.parse_args()


def main() -> None:
    """Fill, serve, and picture."""
    options = parsed()
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        sys.exit(f"screenshots: no browser: none of {', '.join(BROWSERS)} is on the path.")
    size = (390, 844) if options.phone else (options.width, options.height)
    ending = ("-phone" if options.phone else "") + ("-dark" if options.dark else "")
    settings.MEDIA_ROOT = tempfile.mkdtemp(prefix="trombine-drawn-")
    try:
        with embedded.services(settings.DATA_DIR):
            call_command("migrate", verbosity=0, interactive=False)
            owner = User.objects.create_user("ada")
            print("Drawing the album …", file=sys.stderr)
            fill(owner)
            with served() as base, sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage"]
                )
                for name, path in pages().items():
                    if options.page and name not in options.page:
                        continue
                    file = options.folder / f"{name}-page{ending}.png"
                    take(browser, base, path, owner=owner, size=size, file=file, dark=options.dark)
                    print(f"{file} ({file.stat().st_size / 1000:.0f} kB)")
                browser.close()
    finally:
        shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)
        shutil.rmtree(settings.DATA_DIR, ignore_errors=True)


if __name__ == "__main__":
    main()
