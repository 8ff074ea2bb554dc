"""The icons of the installed app in static/img/, rendered from logo.svg by the browser.

    .venv/bin/python -m tests.demo.app_icons /usr/bin/chromium

A maskable icon and that of Apple fill the whole square, since the device cuts it: the face is smaller there.
"""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

FOLDER = Path(__file__).resolve().parents[2] / "static" / "img"
ICONS = {
    "app-192": (192, False),
    "app-512": (512, False),
    "app-maskable-512": (512, True),
    "app-180": (180, True),
}
GREEN = "#0f6b5f"
# The part of a maskable icon that every device shows is a circle of 80 %.
SAFE = 0.8


def icons_draw(program: str) -> None:
    """Write the files with this browser."""
    logo = (FOLDER / "logo.svg").read_text()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for name, (side, whole) in ICONS.items():
            page = browser.new_page(viewport={"width": side, "height": side})
            width = round(side * SAFE) if whole else side
            style = f"margin:0;display:grid;place-items:center;height:{side}px" + (
                f";background:{GREEN}" if whole else ""
            )
            page.set_content(
                f'<body style="{style}"><div style="width:{width}px;height:{width}px">{logo}</div>'
            )
            page.screenshot(path=FOLDER / f"{name}.png", omit_background=True)
            page.close()
        browser.close()


if __name__ == "__main__":
    icons_draw(sys.argv[1])
