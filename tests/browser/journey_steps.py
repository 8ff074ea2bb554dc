"""The steps of the journey. What the user sees is found by their language's own words."""

import re
import time
from collections.abc import Sequence
from pathlib import Path

from django.utils.translation import gettext, override
from playwright.sync_api import Locator, Page, expect

from tests.browser.looking import PHONE, Eyes

NAME, PASSWORD = "ada", "a long pass phrase"
PEOPLE = ("Anna", "Élodie", "Iñaki")
"""Names that the three largest groups get, in the order of the page."""
QUESTIONS, LEAST_QUESTIONS = 10, 6
PATIENCE = 30_000
"""Milliseconds that a page may take, with a worker beside it."""
WORK = 180_000
"""Milliseconds in which the photos must have been read, looked at and grouped."""


class Journey:
    """One person's way. `page` is their browser, `other` that of somebody without an account."""

    def __init__(self, page: Page, other: Page, address: str, eyes: Eyes) -> None:
        self.page, self.other, self.address = page, other, address
        for one in (page, other):
            one.set_default_timeout(PATIENCE)
        self.continue_as(eyes)

    def continue_as(self, eyes: Eyes) -> None:
        """Change the window, its colours and the language from the next page on."""
        self.eyes = eyes
        for one in (self.page, self.other):
            one.set_extra_http_headers({"Accept-Language": eyes.language})
            eyes.open(one)

    def words(self, message: str) -> str:
        """A text of the pages, in the language of the journey."""
        with override(self.eyes.language):
            return gettext(message)

    def button(self, message: str, *, within: Locator | None = None) -> Locator:
        """The button with this text."""
        return (within or self.page.locator("main")).get_by_role(
            "button", name=self.words(message), exact=True
        )

    def link(self, message: str) -> Locator:
        """The link with this text."""
        return self.page.locator("main").get_by_role("link", name=self.words(message), exact=True)

    def go(self, path: str) -> None:
        """Open a page by its address."""
        self.page.goto(f"{self.address}{path}")

    def look(self, page: Page | None = None) -> None:
        """Nothing is wrong with the page as it is now, whoever looks at it."""
        seen = page or self.page
        faults = self.eyes.faults(seen)
        assert not faults, "\n".join([seen.url, *faults])

    def heading(self, message: str, page: Page | None = None) -> None:
        """The page is the one with this heading."""
        expect((page or self.page).locator("h1")).to_have_text(self.words(message))

    def sign_up(self) -> None:
        """Make the first account, and land in an empty library."""
        self.go("/people/")
        self.heading("Welcome")
        self.look()
        self.page.fill("[name=username]", NAME)
        for field in ("password1", "password2"):
            self.page.fill(f"[name={field}]", PASSWORD)
        self.button("Create account").click()
        self.heading("Add your photos")
        self.look()

    def upload(self, files: Sequence[Path]) -> None:
        """Give the photos, and wait until everybody in them was found and grouped."""
        self.page.locator("header a[href='/upload/']").click()
        self.heading("Upload photos")
        self.page.set_input_files("#upload-files", [str(file) for file in files])
        expect(self.page.locator(".upload-item.added")).to_have_count(len(files), timeout=WORK)
        so_far = self.page.locator("#so-far")
        expect(so_far).to_contain_text(self.words("All done"), timeout=WORK)
        self.look()
        so_far.get_by_role("link", name=self.words("See your photos")).click()
        self.heading("Photos")
        expect(self.page.locator(".photo").first).to_be_visible()
        self.look()

    def name_three_groups(self) -> None:
        """Name the largest groups, one after the other, without a mouse."""
        self.go("/people/")
        unnamed, named = self.page.locator(".name-it input[name=name]"), self.page.locator("a.person-name")
        # The grouping follows the scans, and the page does not reload by itself.
        deadline = time.monotonic() + WORK / 1000
        while unnamed.count() <= len(PEOPLE) and time.monotonic() < deadline:
            self.page.wait_for_timeout(500)
            self.page.reload()
        assert unnamed.count() > len(PEOPLE)
        self.look()
        unnamed.first.focus()
        for number, name in enumerate(PEOPLE):
            self.page.keyboard.type(name)
            self.page.keyboard.press("Enter")
            expect(named.nth(number)).to_have_text(name)
            expect(unnamed.first).to_be_focused()

    def merge_and_undo(self) -> None:
        """Give a fourth group the first one's name, say that it is the same person, and take that back."""
        cards = self.page.locator(".person-card")
        count = cards.count()
        first = cards.filter(has_text=PEOPLE[0])
        before = first.inner_text()
        field = self.page.locator(".name-it input[name=name]").first
        field.fill(PEOPLE[0])
        field.press("Enter")
        dialog = self.page.locator("#dialog")
        expect(dialog.locator("h2")).to_contain_text(PEOPLE[0])
        self.look()
        self.button("Yes, merge", within=dialog).click()
        expect(cards).to_have_count(count - 1)
        expect(first).not_to_have_text(before, use_inner_text=True)
        self.button("Undo", within=self.page.locator("#toasts")).click()
        expect(cards).to_have_count(count)
        expect(first).to_have_text(before, use_inner_text=True)

    def answer_questions(self) -> None:
        """Answer by keyboard alone; one question is skipped, and one answer undone and given again."""
        self.page.locator("main a[href='/review/']").first.click()
        review = self.page.locator("#review")
        if int(review.get_attribute("data-open") or 0) < QUESTIONS:
            self.look()
            # The other questions are unlikely, and appear on request.
            self.go("/review/?rest=1")
        count = min(QUESTIONS, int(review.get_attribute("data-open") or 0))
        assert count >= LEAST_QUESTIONS, count
        expect(review).to_have_attribute("data-ahead", re.compile("[1-9]"))
        self.look()
        for key in ("s", *"yn" * 2, "u", "y" * (count - 3)):
            for one in key:
                self._press(one)
        expect(self.page.locator("[data-progress-text]")).to_contain_text(str(count))
        expect(review).to_have_attribute("data-sending", "0")
        self.go("/changes/")
        self.look()

    def _press(self, key: str) -> None:
        """One key, which brings another question, or none any more."""
        question = self.page.locator("[data-question]")
        expect(question).to_have_count(1)
        answered = question.get_attribute("data-question") or ""
        self.page.keyboard.press(key)
        expect(self.page.locator(f'[data-question="{answered}"]')).to_have_count(0)

    def draw_a_face(self) -> None:
        """Draw a box in a corner of a photo, where no face was found, and name it."""
        self.go("/")
        self.page.locator(".photo a").first.click()
        expect(self.page.locator("html")).to_have_class(re.compile("scripted"))
        self.look()
        if self.eyes.width == PHONE:
            self.page.locator("#more").click()
        self.button("Add a face").click()
        expect(self.page.locator(".draw-layer")).to_be_focused()
        self.look()
        photo = self.page.locator("#picture").bounding_box()
        assert photo is not None
        for share, act in ((0.02, "down"), (0.12, ""), (0.2, "up")):
            self.page.mouse.move(photo["x"] + share * photo["width"], photo["y"] + share * photo["height"])
            if act:
                getattr(self.page.mouse, act)()
        expect(self.page.locator("#draw-who")).to_be_focused()
        self.page.keyboard.type("Zoé")
        self.page.keyboard.press("Enter")
        expect(self.page.locator(".who-name").filter(has_text="Zoé")).to_have_count(1)
        expect(self.page.locator(".draw-layer")).to_have_count(0)

    def share_an_album(self) -> None:
        """Put three photos into an album, make a link to it, and open that without an account."""
        self.go("/")
        for at in range(3):
            self.page.locator(".photo").nth(at).hover()
            self.page.locator(".photo .pick input").nth(at).check()
        self.look()
        self.page.fill("#selection-name", "Été à Sète")
        self.button("Add to album").click()
        self.page.locator("#toasts a").click()
        expect(self.page.locator("h1")).to_have_text("Été à Sète")
        self.look()
        self.link("Share").click()
        self.button("Create link").click()
        link = self.page.locator(".share-address input").input_value()
        self.look()

        self.other.goto(link)
        expect(self.other.locator(".shared-photo img")).to_have_count(3)
        assert PEOPLE[0] not in self.other.content()
        self.look(self.other)
        self.other.locator(".shared-photo").first.click()
        expect(self.other.locator(".stage-count")).to_contain_text("1")
        self.look(self.other)
        self.other.keyboard.press("Escape")
        self.other.locator("main").get_by_role("link", name=self.words("Slideshow")).click()
        expect(self.other.locator("[data-count]")).to_contain_text("1")
        self.look(self.other)
        self.other.goto("about:blank")

    def search_by_a_face(self, picture: Path, who: str) -> None:
        """Give another picture of somebody who was named: they are found, in photos that are theirs."""
        self.go("/lookalike/")
        self.look()
        # It is searched with as soon as it is selected.
        self.page.set_input_files("main [name=picture]", str(picture))
        nearest = self.page.locator(".match-link").first
        expect(nearest).to_contain_text(re.compile("|".join(PEOPLE)))
        self.look()
        nearest.click()
        expect(self.page.locator(".photo img").first).to_have_attribute("alt", re.compile(f"^{who}_"))
        self.look()

    def delete_and_restore(self) -> None:
        """Throw a photo away, find it in the bin, and take it back."""
        self.go("/")
        photo = self.page.locator(".photo").first
        number = photo.get_attribute("data-id")
        photo.hover()
        photo.locator(".pick input").check()
        self.button("Delete").click()
        same = self.page.locator(f'.photo[data-id="{number}"]')
        expect(same).to_have_count(0)
        expect(self.page.locator("#toasts form")).to_be_visible()
        self.look()
        self.go("/bin/")
        expect(same).to_have_count(1)
        same.locator(".pick input").check()
        self.look()
        self.button("Restore").click()
        expect(same).to_have_count(0)
        self.go("/")
        expect(same).to_have_count(1)

    def delete_the_account(self) -> None:
        """Go, with everything, and with a receipt."""
        self.go("/settings/delete/")
        self.look()
        self.page.fill("[name=password]", PASSWORD)
        self.page.locator("main form button").last.click()
        self.page.wait_for_url("**/settings/deleted/**")
        self.look()
