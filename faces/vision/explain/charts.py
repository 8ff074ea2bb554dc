"""Charts as SVG. Colours come from style sheets by class, or for a file from the styles that it carries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 640, 320
LEFT, RIGHT, TOP, BOTTOM = 92, 26, 12, 44
"""Margins for the scales, in units of the chart."""

FILE_STYLE = """
svg{background:#fff;font:13px sans-serif}text{fill:#333}.grid{stroke:#ddd}.axis{stroke:#666}
.series{fill:none;stroke-width:2.5}.series-0{stroke:#00628f}.series-1{stroke:#b4470a}.series-2{stroke:#3d7a1c}
.series-3{stroke:#7a3d9c}.area-0{fill:#00628f;fill-opacity:.55}.area-1{fill:#b4470a;fill-opacity:.55}
.key-0{fill:#00628f}.key-1{fill:#b4470a}.key-2{fill:#3d7a1c}.key-3{fill:#7a3d9c}
.mark{stroke:#333;stroke-width:1.5;stroke-dasharray:5 4}
"""
"""For charts that are files; pages have their own style sheet, since they allow no styles in a page."""


@dataclass(frozen=True, slots=True)
class Axis:
    """A scale. low, high: its ends, as positions. ticks: positions with their labels. label: of the axis."""

    low: float
    high: float
    ticks: Sequence[tuple[float, str]]
    label: str

    def share(self, position: float) -> float:
        """Return the place of a position, 0 at the low end to 1 at the high one; outside is cut off."""
        return min(1.0, max(0.0, (position - self.low) / (self.high - self.low)))


@dataclass(frozen=True, slots=True)
class Series:
    """Points of one line or the corners of one area, with the name in the key."""

    name: str
    points: Sequence[tuple[float, float]]
    is_area: bool = False


def chart(
    across: Axis,
    upward: Axis,
    series: Sequence[Series],
    *,
    title: str,
    mark: tuple[float, str] | None = None,
    as_file: bool = False,
) -> str:
    """Return a chart of lines and areas.

    title: describes the chart for screen readers. mark: a vertical line with its label.
    as_file: with a namespace and styles, for an SVG file; otherwise a part of an HTML page.
    """
    parts = [
        f"<title>{escape(title)}</title>",
        *(f"<style>{FILE_STYLE}</style>" for _ in range(as_file)),
        *_scales(across, upward),
        *(_drawn(one, number, across, upward) for number, one in enumerate(series)),
        *(_marked(*mark, across) if mark else ()),
        *_key(series),
    ]
    namespace = ' xmlns="http://www.w3.org/2000/svg"' if as_file else ""
    return f'<svg{namespace} class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">{"".join(parts)}</svg>'


def steps(counts: Sequence[float], width: float) -> list[tuple[float, float]]:
    """Return the corners of a histogram whose bins of equal width start at 0."""
    corners = [(0.0, 0.0)]
    for number, count in enumerate(counts):
        corners += [(number * width, count), ((number + 1) * width, count)]
    return [*corners, (len(counts) * width, 0.0)]


def _x(position: float, across: Axis) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * across.share(position)


def _y(position: float, upward: Axis) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * upward.share(position)


def _scales(across: Axis, upward: Axis) -> Iterable[str]:
    bottom = HEIGHT - BOTTOM
    for position, label in upward.ticks:
        y = _y(position, upward)
        yield f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{escape(label)}</text>'
    for position, label in across.ticks:
        x = _x(position, across)
        yield f'<line class="axis" x1="{x:.1f}" x2="{x:.1f}" y1="{bottom}" y2="{bottom + 4}"/>'
        yield f'<text x="{x:.1f}" y="{bottom + 17}" text-anchor="middle">{escape(label)}</text>'
    yield f'<line class="axis" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{bottom}" y2="{bottom}"/>'
    middle = (LEFT + WIDTH - RIGHT) / 2
    yield f'<text x="{middle}" y="{HEIGHT - 6}" text-anchor="middle">{escape(across.label)}</text>'
    yield (
        f'<text x="14" y="{(TOP + bottom) / 2}" text-anchor="middle" '
        f'transform="rotate(-90 14 {(TOP + bottom) / 2})">{escape(upward.label)}</text>'
    )


def _drawn(series: Series, number: int, across: Axis, upward: Axis) -> str:
    points = " ".join(f"{_x(x, across):.1f},{_y(y, upward):.1f}" for x, y in series.points)
    if series.is_area:
        return f'<polygon class="area-{number}" points="{points}"/>'
    return f'<polyline class="series series-{number}" points="{points}"/>'


def _marked(position: float, label: str, across: Axis) -> Iterable[str]:
    x = _x(position, across)
    yield f'<line class="mark" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>'
    yield f'<text x="{x + 5:.1f}" y="{TOP + 30}">{escape(label)}</text>'


def _key(series: Sequence[Series]) -> Iterable[str]:
    x = LEFT + 12
    for number, one in enumerate(series):
        yield f'<rect class="key-{number}" x="{x}" y="{TOP + 2}" width="11" height="11"/>'
        yield f'<text x="{x + 16}" y="{TOP + 12}">{escape(one.name)}</text>'
        x += 36 + round(len(one.name) * 7.2)
