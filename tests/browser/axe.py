"""Accessibility violations that axe-core finds on a page."""

from importlib.resources import files

from playwright.sync_api import Page

SCRIPT = (files("axe_playwright_python") / "axe.min.js").read_text()
EVERYTHING = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
OF_COLOURS = ("color-contrast", "link-in-text-block")
# Without preloading: no rule of these looks into the text of style sheets, which axe would ask for again.
RUN = """
([wanted, within]) => axe.run(within, {runOnly: wanted, resultTypes: ["violations"], preload: false})
    .then(found => found.violations.map(one => one.id + ": " + one.help + " at "
        + one.nodes.map(node => node.target.join(" ") + " (" + node.failureSummary + ")").join(", ")))
"""


def violations(page: Page, *, within: str = "html", colours_alone: bool = False) -> list[str]:
    """Rules of WCAG 2.2 AA, and good practice, that the page as it is now breaks, with the places.

    within: of the elements in this one. colours_alone: only the rules that another colour scheme can break,
        of a page that was looked at in one.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(SCRIPT)
    names, kind = (OF_COLOURS, "rule") if colours_alone else (EVERYTHING, "tag")
    found: list[str] = page.evaluate(RUN, [{"type": kind, "values": names}, within])
    return found
