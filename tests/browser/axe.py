"""What axe-core finds wrong with a page."""

from importlib.resources import files

from playwright.sync_api import Page

SCRIPT = (files("axe_playwright_python") / "axe.min.js").read_text()
RUN = """
axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]})
    .then(found => found.violations.map(one => one.id + ": " + one.help + " at "
        + one.nodes.map(node => node.target.join(" ")).join(", ")))
"""


def violations(page: Page) -> list[str]:
    """Rules of WCAG 2.2 AA, and good practice, that the page as it is now breaks, with the places."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(SCRIPT)
    found: list[str] = page.evaluate(RUN)
    return found
