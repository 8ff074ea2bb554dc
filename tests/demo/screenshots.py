"""Take screenshots of the pages with a library of drawn people, in a temporary data folder."""
# ruff: noqa: E402, T201 - a script: it sets the settings before its imports, and prints

from __future__ import annotations

import argparse
import logging
import os
import shutil
import sys
import tempfile
from itertools import product
from pathlib import Path

import django

# The test settings use a temporary data folder. They must be set before any model is imported.
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
# Playwright runs an event loop in this thread, so Django would reject every query.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
django.setup()

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.utils import translation
from PIL import Image as Pillow
from playwright.sync_api import Error, sync_playwright

from config.local_services import embedded
from tests.demo.actions import NothingToDo
from tests.demo.camera import Camera, Scheme, Shot, browser_program, served
from tests.demo.contact_sheet import sheet_written
from tests.demo.pages import PAGES, Pictured
from tests.demo.scene import Scene, library_used
from tests.demo.states import STATES, library_filled

WIDTHS = (390, 1440)
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
README_PICTURES = {"people": "people", "photos": "timeline", "photo-group": "photo", "review-same": "review"}
"""Name of the file, without suffix, for each page that the README shows."""
README_HEIGHT = 1240
PASSWORD = "a long pass phrase"


def scene_made(state: str) -> Scene:
    """Create three accounts, and the library of the first in use."""
    owner, guest, newcomer = (User.objects.create_user(name) for name in ("ada", "ben", "carla"))
    for user in (owner, guest):
        user.set_password(PASSWORD)
        user.save()
    print(f"Drawing the album, {state} …", file=sys.stderr)
    library = library_filled(owner, state)
    return library_used(library, guest=guest, newcomer=newcomer, long=state == "long-names")


def pictures_taken(
    camera: Camera, pages: list[Pictured], scene: Scene | None, *, schemes: list[Scheme], folder: Path
) -> list[Shot]:
    """Take the available pages. A failure is reported and does not stop the others."""
    shots: list[Shot] = []
    for pictured in pages:
        if pictured.slim not in (None, camera.slim):
            continue
        address = "/welcome/" if scene is None else pictured.address(scene)
        if address is None:
            continue
        try:
            shots += camera.take(pictured, scene, address=address, schemes=schemes, folder=folder)
        except NothingToDo as why:
            print(f"{pictured.name}: left out ({why})", file=sys.stderr)
        except Error as error:
            print(f"{pictured.name}, {camera.width} px: {error.message.splitlines()[0]}", file=sys.stderr)
    return shots


def parsed() -> argparse.Namespace:
    """Parse the command line."""
    names = [one.name for one in PAGES]
    parser = argparse.ArgumentParser(
        prog="bin/screenshots",
        description="Take screenshots of the pages with a library of drawn people, in a temporary data "
        "folder, and collect them in FOLDER/index.html. Needs chromium in the path.",
        epilog=f"pages: {', '.join(names)}",
    )
    parser.add_argument(
        "folder", nargs="?", type=Path, default=Path("screenshots"), help="default: ./screenshots"
    )
    parser.add_argument(
        "--pages",
        metavar="PAGE,…",
        type=lambda text: text.split(","),
        default=names,
        help="only these, by the names below; a trailing dash matches a prefix",
    )
    parser.add_argument(
        "--sizes",
        metavar="PIXELS,…",
        type=lambda text: [int(one) for one in text.split(",")],
        default=list(WIDTHS),
        help="widths of the window; default: 390,1440",
    )
    parser.add_argument("--scheme", choices=SCHEMES, help="only the light or the dark colours")
    parser.add_argument("--language", default="en", choices=[code for code, _name in settings.LANGUAGES])
    parser.add_argument(
        "--album", default="full", choices=STATES, help="contents of the library; default: full"
    )
    parser.add_argument(
        "--long", action="store_true", help="whole pages, up to three windows, not one window"
    )
    parser.add_argument(
        "--readme", action="store_true", help="only the pictures of the README, as small WebP files"
    )
    options = parser.parse_args()
    wanted = [name for name in names for given in options.pages if name == given or _begins(name, given)]
    if unknown := [one for one in options.pages if not any(n == one or _begins(n, one) for n in names)]:
        parser.error(f"no page is called {', '.join(unknown)}; see --help")
    options.pages = [one for one in PAGES if one.name in wanted]
    return options


def _begins(name: str, prefix: str) -> bool:
    return prefix.endswith("-") and name.startswith(prefix)


def main() -> None:
    """Fill the library, serve it, and take the screenshots."""
    options = parsed()
    program = browser_program()
    if program is None:
        sys.exit("screenshots: no browser on the path: install chromium.")
    schemes: list[Scheme] = [options.scheme] if options.scheme else list(SCHEMES)
    if options.readme:
        options.pages = [one for one in PAGES if one.name in README_PICTURES]
        options.sizes, options.long, schemes = [1440], True, ["light"]
    settings.MEDIA_ROOT = tempfile.mkdtemp(prefix="trombine-drawn-")
    settings.ROOT_URLCONF = "tests.demo.addresses"
    # Error pages are expected; setting up the server would reset the level of a single logger.
    logging.disable(logging.CRITICAL)
    options.folder.mkdir(parents=True, exist_ok=True)
    translation.activate(options.language)
    shots: list[Shot] = []
    try:
        with embedded.services(settings.DATA_DIR), served() as base, sync_playwright() as playwright:
            call_command("migrate", verbosity=0, interactive=False)
            browser = playwright.chromium.launch(
                executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage"]
            )
            scene: Scene | None = None
            for first, width in product((True, False), options.sizes):
                pages = [one for one in options.pages if one.first is first]
                if not pages:
                    continue
                if not first and scene is None:
                    scene = scene_made(options.album)
                camera = Camera(browser, base, width, options.language, options.long)
                shots += pictures_taken(camera, pages, scene, schemes=schemes, folder=options.folder)
                camera.close()
            browser.close()
    finally:
        shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)
        shutil.rmtree(settings.DATA_DIR, ignore_errors=True)
    if options.readme:
        for shot in shots:
            _compress(shot.file, options.folder / f"{README_PICTURES[shot.page]}.webp")
        return
    order = [one.name for one in PAGES]
    shots.sort(key=lambda shot: (order.index(shot.page), shot.width, shot.scheme == "dark"))
    for shot in shots:
        if shot.too_wide > 0:
            print(f"{shot.page}, {shot.width} px: {shot.too_wide} px too wide", file=sys.stderr)
    title = f"Trombine, {options.album} album, {options.language}"
    print(f"{len(shots)} screenshots: {sheet_written(options.folder, shots, title=title)}")


def _compress(shot: Path, file: Path) -> None:
    with Pillow.open(shot) as picture:
        top = picture.crop((0, 0, picture.width, min(picture.height, README_HEIGHT)))
    top.convert("RGB").save(file, quality=85, method=6)
    shot.unlink()
    print(f"{file} ({file.stat().st_size / 1000:.0f} kB)")


if __name__ == "__main__":
    main()
