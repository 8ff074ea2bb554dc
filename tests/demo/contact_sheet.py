"""All screenshots side by side on one page."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import groupby
from pathlib import Path

from tests.demo.camera import Shot

HEAD = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
body {{ margin: 2rem; background: #777; color: #fff; font: 1rem/1.5 system-ui, sans-serif; }}
h2 {{ margin: 2rem 0 .5rem; }}
div {{ display: flex; flex-wrap: wrap; align-items: start; gap: 1rem; }}
figure {{ margin: 0; }}
img {{ display: block; height: 24rem; width: auto; max-width: 90vw; object-fit: contain; background: #fff; }}
.wrong {{ color: #ffd98a; font-weight: bold; }}
</style>
<h1>{title}</h1>
"""


def sheet_written(folder: Path, shots: Sequence[Shot], *, title: str) -> Path:
    """Write index.html beside the screenshots."""
    parts = [HEAD.format(title=escape(title))]
    for name, several in groupby(shots, key=lambda shot: shot.page):
        parts.append(f'<h2 id="{name}">{name}</h2>\n<div>\n')
        parts += [_figure(shot) for shot in several]
        parts.append("</div>\n")
    file = folder / "index.html"
    file.write_text("".join(parts))
    return file


def _figure(shot: Shot) -> str:
    wide = f' <span class="wrong">{shot.too_wide} px too wide</span>' if shot.too_wide > 0 else ""
    words = f"{shot.page}, {shot.width} px, {shot.scheme}"
    return (
        f'<figure><a href="{shot.file.name}"><img src="{shot.file.name}" alt="{words}" loading="lazy"></a>'
        f"<figcaption>{shot.width} px, {shot.scheme}{wide}</figcaption></figure>\n"
    )
