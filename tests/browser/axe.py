"""Accessibility violations that axe-core finds on a page."""

from importlib.resources import files

from playwright.sync_api import Page

SCRIPT = (files("axe_playwright_python") / "axe.min.js").read_text()
EVERYTHING = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
OF_COLOURS = ("color-contrast", "link-in-text-block")
# Without preloading: no rule of these looks into the text of style sheets, which axe would ask for again.
RUN = """
async ([wanted, within]) => {
    const found = await axe.run(within, {runOnly: wanted, resultTypes: ["violations"], preload: false});
    const isFixed = (element) => element !== null && (
        ["fixed", "sticky"].includes(getComputedStyle(element).position) || isFixed(element.parentElement));
    const seenAt = (element) => {
        const { left, right, top, bottom } = element.getBoundingClientRect();
        const [x, y] = [(left + right) / 2, (top + bottom) / 2];
        return [[x, top + 1], [x, bottom - 1], [left + 1, y], [right - 1, y]]
            .map(([across, down]) => document.elementFromPoint(across, down));
    };
    const isOwn = (element, seen) => seen !== null && (element.contains(seen) || seen.contains(element));
    const isFreeOnceScrolled = ({ target }) => {
        const element = document.querySelector(target[0]);
        const over = seenAt(element).filter((seen) => seen !== null && !isOwn(element, seen));
        if (!over.length || !over.every(isFixed)) return false;
        const at = scrollY;
        element.scrollIntoView({ block: "center", behavior: "instant" });
        const isFree = seenAt(element).every((seen) => isOwn(element, seen));
        scrollTo({ top: at, behavior: "instant" });
        return isFree;
    };
    return found.violations.map(({ id, help, nodes }) => {
        const left = id === "target-size" ? nodes.filter((node) => !isFreeOnceScrolled(node)) : nodes;
        return [left.length, id + ": " + help + " at "
            + left.map((node) => node.target.join(" ") + " (" + node.failureSummary + ")").join(", ")];
    }).filter(([count]) => count).map(([, text]) => text);
}
"""
"""Without preloading: no rule of these looks into the text of style sheets, which axe would ask for again.
A fixed bar covers a part of a control until one scrolls, which makes the control no smaller."""


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
