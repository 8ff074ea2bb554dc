"""Axe reports small targets, also those that a fixed bar covers in part."""

import pytest
from playwright.sync_api import Page

from tests.browser.axe import violations

PAGE = """
<!doctype html>
<html lang="en">
<head>
<title>Targets</title>
<style>
body, p {{ margin: 0 }}
div {{ height: 100px }}
button {{ display: block; width: {side}px; height: {side}px; padding: 0; border: 0 }}
p {{ position: fixed; bottom: 0; width: 100%; height: 100px }}
p button {{ width: 100%; height: 100% }}
</style>
</head>
<body>
<main>
<h1>Targets</h1>
<div></div>
<button aria-label="One"></button><button aria-label="Two"></button>
<div style="height: {below}px"></div>
<p><button>Bar</button></p>
</main>
</body>
</html>
"""


@pytest.mark.parametrize(
    ("side", "place", "reported"),
    [(40, "free", False), (12, "free", True), (40, "covered", False), (12, "covered", True)],
)
def test_targets_are_reported_by_their_size(page: Page, side: int, place: str, reported: bool) -> None:
    page.set_viewport_size({"width": 390, "height": 600})
    page.set_content(PAGE.format(side=side, below=2000))
    if place == "covered":
        # The upper edge of the bar is so near below that of the target.
        page.evaluate(
            """() => {
                const bar = document.querySelector("p");
                const { top } = document.querySelector("button").getBoundingClientRect();
                bar.style.height = `${innerHeight - top - 8}px`;
            }"""
        )
    found = [one for one in violations(page) if one.startswith("target-size")]
    assert bool(found) is reported
