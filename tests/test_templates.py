"""Templates have short lines, no unused fragments, and components in place of repeated markup."""

import re
from pathlib import Path

import pytest

TEMPLATES = Path(__file__).parent.parent / "templates"
FILES = sorted(TEMPLATES.rglob("*.html"))
LONGEST_LINE = 120


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_lines_of_a_template_fit_the_screen(path: Path) -> None:
    lines = path.read_text().splitlines()
    assert [number for number, line in enumerate(lines, 1) if len(line) > LONGEST_LINE] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_icons_and_style_sheets_come_from_their_tags(path: Path) -> None:
    """{% icon %} and {% stylesheets %} of albums/templatetags/components.py know the markup."""
    text = path.read_text()
    assert "<use href" not in text
    # The page of a failed server stands alone, without any lookup.
    assert path.name == "500.html" or '<link rel="stylesheet"' not in text


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_photos_of_a_grid_are_in_rows_and_not_as_wide_as_the_page(path: Path) -> None:
    text = path.read_text()
    assert 'class="photo-grid"' not in text, "photo-grid rows"
    sheets = re.findall(r"{% stylesheets (.*?) %}", text)
    assert "photo-grid" not in text or all('"rows"' in names for names in sheets)


def test_each_fragment_is_used() -> None:
    fragments = {str(path.relative_to(TEMPLATES)) for path in FILES if path.name.startswith("_")}
    apps = [TEMPLATES.parent / name for name in ("albums", "faces", "api")]
    code = [path for app in apps for path in app.rglob("*.py")]
    text = "\n".join(path.read_text() for path in [*FILES, *code])
    assert sorted(name for name in fragments if name not in text) == []
