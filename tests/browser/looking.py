"""Looking at a page as everybody sees it: on a phone and on a desk, in light and in dark."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, WebError, expect

from tests.browser.axe import violations

Scheme = Literal["light", "dark"]
DESK, PHONE = 1440, 390
HEIGHT = 844
# A change of the window is drawn with the frame after the next one, and colours change in a transition.
# A page that draws nothing, or an animation that never ends, is not waited for.
# Then its width is known, too: how many pixels of it stick out of the window.
AT_REST = """
Promise.race([
    new Promise(late => setTimeout(late, 2000)),
    new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))
        .then(() => Promise.allSettled(document.getAnimations().map(one => one.finished))),
]).then(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
"""


@dataclass(frozen=True, slots=True)
class Eyes:
    """A way to view pages: width of the window, colour scheme, language.

    on_desk: the colours in which a page is checked at the width of a desk; on a phone it has the others.
    Pages that are checked by turns in one and the other show every component in both, in half the time.
    axe_at: the widths at which axe looks; at the others nothing may stick out.
    """

    width: int = DESK
    scheme: Scheme = "light"
    language: str = "en"
    on_desk: Scheme = "light"
    also_at: Sequence[int] = ()
    axe_at: Sequence[int] = (DESK, PHONE)

    def faults(self, page: Page) -> list[str]:
        """Return the faults of the page on a desk and on a phone; at `also_at` nothing may stick out.

        The page is as it was afterwards, in this window and these colours.
        """
        found = self._other_language(page)
        other: Scheme = "dark" if self.on_desk == "light" else "light"
        for width, scheme in ((DESK, self.on_desk), (PHONE, other)):
            found += _excess(page, width, scheme)
            if width in self.axe_at:
                found += [f"{width} {scheme}: {one}" for one in _lasting(page)]
        for width in self.also_at:
            found += _excess(page, width)
        self.open(page)
        return found

    def language_faults(self, page: Page) -> list[str]:
        """Return the faults of words: those of another language, and those that do not fit the window."""
        return [*self._other_language(page), *_excess(page, self.width)]

    def _other_language(self, page: Page) -> list[str]:
        _settled(page)
        language = page.evaluate("document.documentElement.lang")
        return [] if language == self.language else [f"the page says that its language is {language}"]

    def open(self, page: Page) -> None:
        """Make the page's window theirs."""
        _excess(page, self.width, self.scheme)


def _excess(page: Page, width: int, scheme: Scheme | None = None) -> list[str]:
    """Show the page so, in the colours of before when none are given; what sticks out of the window then."""
    if page.viewport_size != {"width": width, "height": HEIGHT}:
        page.set_viewport_size({"width": width, "height": HEIGHT})
    if scheme is not None:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    excess: int = page.evaluate(AT_REST)
    return [f"{width}: {excess} px stick out of the window"] if excess > 0 else []


def _settled(page: Page) -> None:
    """Wait until no part of the page is being requested."""
    expect(page.locator(".htmx-request")).to_have_count(0)


def _lasting(page: Page) -> list[str]:
    """Return what axe finds twice: a part of the page may have been replaced during the first run."""
    found = violations(page)
    if not found:
        return []
    _settled(page)
    page.evaluate(AT_REST)
    return violations(page)


@dataclass(slots=True)
class Witness:
    """Forbidden actions of the pages of a browser."""

    errors: list[str] = field(default_factory=list)
    away: list[str] = field(default_factory=list)


@contextmanager
def watching(context: BrowserContext, origin: str, *, but: str = "") -> Iterator[Witness]:
    """Watch all pages of a browser: errors in the console or in a script, requests that leave `origin`.

    Fails at the end when there was any; errors with the words `but` in them are none.
    """
    witness = Witness()
    ours = (f"{origin}/", "data:", "blob:", "about:")

    def console(line: ConsoleMessage) -> None:
        if line.type == "error" and not (but and but in line.text):
            witness.errors.append(f"{line.location.get('url', '')}: {line.text}")

    def script(error: WebError) -> None:
        witness.errors.append(str(error.error))

    def request(one: Request) -> None:
        if not one.url.startswith(ours):
            witness.away.append(one.url)

    context.on("console", console)
    context.on("weberror", script)
    context.on("request", request)
    yield witness
    assert witness == Witness()
