"""Preparations of a screenshot: changes to rows, and actions in the browser."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import numpy as np
from PIL import Image as Pillow
from playwright.sync_api import Page

from albums.models import Album, Image, Upload
from faces.models import SkippedQuestion
from faces.services.core.consent import recognition_set
from faces.services.reviewing.queue import questions
from tests.demo.album import photos
from tests.demo.scene import Scene

ALL_QUESTIONS = 500
SENT = 5


class NothingToDo(Exception):
    """The page has nothing to act on, as in an empty library."""


def _first(page: Page, selector: str) -> None:
    if not page.locator(selector).count():
        raise NothingToDo(selector)


def _ticked(page: Page, selector: str, count: int) -> None:
    # By script: the bar that appears with the first may cover the next.
    for box in page.locator(selector).all()[:count]:
        box.evaluate("box => box.click()")


# to the rows


def only_questions(kind: str) -> Callable[[Scene], None]:
    """Skip all questions except those of one kind, which then come first."""

    def skip_others(scene: Scene) -> None:
        SkippedQuestion.objects.filter(owner=scene.owner).delete()
        queue = questions(owner=scene.owner, limit=ALL_QUESTIONS)
        if not any(one.kind == kind for one in queue.questions):
            raise NothingToDo(kind)
        SkippedQuestion.objects.bulk_create(
            SkippedQuestion(owner=scene.owner, key=one.key) for one in queue.questions if one.kind != kind
        )

    return skip_others


def gallery_marked(scene: Scene) -> None:
    """Make the shared album a look-alike gallery."""
    Album.objects.filter(pk=scene.album.pk if scene.album else 0).update(gallery=True)


def uploads_deleted(scene: Scene) -> None:
    """Delete the earlier uploads of the newcomer."""
    recognition_set(owner=scene.newcomer, enabled=True)
    Upload.objects.filter(owner=scene.newcomer).delete()
    Image.objects.filter(owner=scene.newcomer).delete()


def recognition_declined(scene: Scene) -> None:
    """Turn face recognition off for the newcomer."""
    uploads_deleted(scene)
    recognition_set(owner=scene.newcomer, enabled=False)


# in the browser


def sign_in_wrongly(page: Page, _scene: Scene) -> None:
    """Enter a wrong password."""
    page.fill("[name=username]", "ada")
    page.fill("[name=password]", "not this one")
    page.click("form button")


def photos_selected(page: Page, _scene: Scene) -> None:
    """Select three photos."""
    _first(page, ".photo .pick input")
    _ticked(page, ".photo .pick input", 3)


def binned_selected(page: Page, scene: Scene) -> None:
    """Select three photos in the bin."""
    photos_selected(page, scene)


def menu_opened(page: Page, _scene: Scene) -> None:
    """Open the menu of the account."""
    page.click(".account-menu summary")


def more_opened(page: Page, _scene: Scene) -> None:
    """Open the menu of the bar at the lower edge."""
    page.click(".more-menu summary")


def boxes_shown(page: Page, _scene: Scene) -> None:
    """Show the boxes of faces."""
    # The browser remembers the setting.
    page.locator("#boxes").evaluate("box => box.checked || box.click()")


def card_opened(page: Page, scene: Scene) -> None:
    """Open the card of the first face."""
    _first(page, ".face-box")
    boxes_shown(page, scene)
    page.locator(".face-box").first.click()
    page.wait_for_selector("#face-card form")


def about_shown(page: Page, _scene: Scene) -> None:
    """Scroll to the details of the photo."""
    page.locator("#photo-about").evaluate("about => scrollTo(0, about.offsetTop - 300)")


def face_drawn(page: Page, _scene: Scene) -> None:
    """Begin to draw a face."""
    page.click("#draw")
    page.wait_for_selector(".draw-layer")


def forms_opened(page: Page, _scene: Scene) -> None:
    """Open the forms beside a photo."""
    for summary in page.locator(".about-edit > summary").all():
        summary.click()


def files_sent(page: Page, _scene: Scene) -> None:
    """Upload some pictures and a text file. They stay unprocessed, since no worker runs."""
    dice = np.random.default_rng()
    files = []
    for number in range(SENT):
        content = BytesIO()
        pixels = dice.integers(0, 255, (80, 120, 3), dtype=np.uint8)
        Pillow.fromarray(pixels).resize((1200, 800)).save(content, "JPEG")
        files.append(
            {"name": f"IMG_{4801 + number}.jpg", "mimeType": "image/jpeg", "buffer": content.getvalue()}
        )
    files.append({"name": "notes.txt", "mimeType": "text/plain", "buffer": b"no picture"})
    page.set_input_files("#upload-files", files)  # type: ignore[arg-type]
    page.wait_for_selector(f"[data-upload-ended] > :nth-child({SENT})")
    page.wait_for_timeout(1500)


def search_typed(page: Page, _scene: Scene) -> None:
    """Type the beginning of a word."""
    field = page.locator("input[type=search]:visible").first
    field.press_sequentially("c")
    page.wait_for_timeout(800)


def people_selected(page: Page, _scene: Scene) -> None:
    """Select two people."""
    _ticked(page, ".person-tick input", 2)


def name_typed(page: Page, _scene: Scene) -> None:
    """Type the beginning of a name for an unnamed person."""
    _first(page, ".name-it .input")
    page.locator(".name-it .input").first.press_sequentially("a")
    page.wait_for_timeout(800)


def people_merged(page: Page, scene: Scene) -> None:
    """Merge two named people, which opens the choice of the name."""
    people_selected(page, scene)
    page.locator(".people-bar button[value=merge]").click()
    page.wait_for_load_state()


def person_more_opened(page: Page, _scene: Scene) -> None:
    """Open the menu of a person."""
    page.click(".person-more > summary")


def same_name_given(page: Page, scene: Scene) -> None:
    """Enter the name of another person."""
    page.fill("#id_name", scene.person.name if scene.person else "")
    page.press("#id_name", "Enter")
    page.wait_for_selector("#dialog-content form")


def faces_selected(page: Page, _scene: Scene) -> None:
    """Select two faces."""
    _first(page, ".tick-face .tick input")
    _ticked(page, ".tick-face .tick input", 2)


def face_sought(page: Page, _scene: Scene) -> None:
    """Open the selection of a stored face."""
    page.locator("button[name=pick]").first.click()
    page.wait_for_selector(".face-pick")


def faces_offered(page: Page, scene: Scene) -> None:
    """Show the faces of the first person."""
    face_sought(page, scene)
    _first(page, ".pick-faces button[name=person]")
    page.locator(".pick-faces button[name=person]").first.click()
    page.wait_for_selector("button[name=choose]")


def picture_given(page: Page, _scene: Scene) -> None:
    """Search with a drawn picture of several people. Needs the models."""
    content = BytesIO()
    next(iter(photos())).picture.save(content, "JPEG", quality=90)
    page.set_input_files(
        "input[name=picture]", {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": content.getvalue()}
    )
    page.wait_for_selector(".picture-frame, .error:visible", state="attached")
    page.wait_for_load_state("networkidle")
    if not page.locator(".picture-frame").count():
        raise NothingToDo("the models are not installed")
