"""Hair and headgear of drawn people."""

from __future__ import annotations

import math
from collections.abc import Callable

from PIL import Image, ImageDraw

from tests.demo.brush import INK, WHITE, Brush, Character, Hair, Point, mixed, outline

# Where the hair ends above the forehead, left to right, and how far it stands off the head.
HAIRLINES: dict[Hair, tuple[float, list[Point]]] = {
    "short": (
        0.1,
        [(-0.94, -0.1), (-0.84, -0.5), (-0.4, -0.72), (0.1, -0.66), (0.6, -0.74), (0.86, -0.5), (0.94, -0.1)],
    ),
    "parted": (
        0.13,
        [
            (-0.95, 0.0),
            (-0.88, -0.35),
            (-0.6, -0.62),
            (0.3, -0.98),
            (0.62, -0.66),
            (0.88, -0.42),
            (0.95, 0.0),
        ],
    ),
    "long": (
        0.14,
        [
            (-1.0, 0.35),
            (-0.86, -0.2),
            (-0.55, -0.62),
            (-0.05, -0.92),
            (0.5, -0.66),
            (0.86, -0.2),
            (1.0, 0.35),
        ],
    ),
    "wavy": (
        0.14,
        [
            (-1.0, 0.35),
            (-0.86, -0.2),
            (-0.55, -0.62),
            (-0.05, -0.92),
            (0.5, -0.66),
            (0.86, -0.2),
            (1.0, 0.35),
        ],
    ),
    "bob": (
        0.13,
        [(-0.98, 0.4), (-0.86, -0.3), (-0.4, -0.42), (0.0, -0.45), (0.4, -0.42), (0.86, -0.3), (0.98, 0.4)],
    ),
    "bun": (
        0.1,
        [
            (-0.95, -0.05),
            (-0.8, -0.5),
            (-0.35, -0.82),
            (0.0, -0.9),
            (0.35, -0.82),
            (0.8, -0.5),
            (0.95, -0.05),
        ],
    ),
    "ponytail": (
        0.1,
        [
            (-0.95, -0.05),
            (-0.8, -0.5),
            (-0.35, -0.82),
            (0.0, -0.9),
            (0.35, -0.82),
            (0.8, -0.5),
            (0.95, -0.05),
        ],
    ),
}
# A gleam: x, y, half-width, rise.
GLEAMS: dict[Hair, tuple[float, float, float, float]] = {
    "short": (-0.15, -0.92, 0.55, 0.16),
    "long": (-0.45, -0.98, 0.3, 0.1),
    "wavy": (-0.45, -0.98, 0.3, 0.1),
    "bob": (0.0, -0.9, 0.6, 0.16),
}
TAIL = ((1.22, -0.66, 0.36), (1.42, -0.25, 0.4), (1.5, 0.2, 0.38), (1.48, 0.62, 0.32), (1.4, 0.98, 0.22))


def hair_behind(back: Brush, who: Character) -> None:
    """Draw the hair behind the head and the shoulders."""
    dark = mixed(who.hair, INK, 0.25)
    match who.style:
        case "long":
            back.shape([(-1.2, -0.3), (-1.3, 1.9), (-0.6, 2.25), (0.6, 2.25), (1.3, 1.9), (1.2, -0.3)], dark)
            back.oval(0, -0.2, 1.22, 1.2, dark)
        case "wavy":
            back.oval(0, -0.1, 1.25, 1.2, dark)
            for step in range(12):
                row, side = step // 2, 1 if step % 2 else -1
                back.oval(side * (1.12 + 0.08 * (row % 2)), 0.05 + row * 0.36, 0.36, 0.34, dark)
        case "bob":
            back.shape(
                [(-1.2, -0.3), (-1.28, 1.0), (-0.9, 1.22), (0.9, 1.22), (1.28, 1.0), (1.2, -0.3)], dark
            )
            back.oval(0, -0.2, 1.2, 1.15, dark)
        case "curly":
            for step in range(20):
                angle = math.pi * (0.92 + step / 19 * 1.16)
                back.oval(math.cos(angle) * 1.16, math.sin(angle) * 1.2 + 0.02, 0.38, 0.38, dark)
        case "bun":
            back.oval(0, -1.55, 0.46, 0.44, dark)
            back.oval(0, -1.27, 0.3, 0.1, who.extra)
        case "ponytail":
            for x, y, size in TAIL:
                back.oval(x, y, size, size * 1.15, dark)
            back.oval(1.02, -0.82, 0.2, 0.2, who.extra)
        case "scarf":
            cloth = mixed(who.extra, INK, 0.14)
            back.oval(0, 0.0, 1.27, 1.42, cloth)
            back.shape([(-1.2, 0.2), (-1.5, 2.1), (1.5, 2.1), (1.2, 0.2)], cloth)


def hair_before(front: Brush, who: Character) -> None:
    """Draw the hair and headgear on the head."""
    if who.style in HAIRLINES:
        _cap(front, who)
    if who.style in DRAWN_APART:
        DRAWN_APART[who.style](front, who)


def _cap(front: Brush, who: Character) -> None:
    grown, hairline = HAIRLINES[who.style]
    front.shape(above(who.jaw, hairline, grown=grown), who.hair)
    if who.style in GLEAMS:
        x, y, half, rise = GLEAMS[who.style]
        front.bow(x, y, half, rise, mixed(who.hair, WHITE, 0.16), 0.05)
    strand = mixed(who.hair, INK, 0.25)
    if who.style == "parted":
        front.line([(0.32, -1.0), (0.36, -1.26)], strand, 0.035)
    if who.style in {"bun", "ponytail"}:
        for x in (-0.3, 0.3):
            front.line([(x, -0.92), (x * 0.5, -1.25)], strand, 0.03)


def above(jaw: float, hairline: list[Point], *, grown: float) -> list[Point]:
    """Draw the hair between the slightly enlarged upper outline of the head and the hairline."""
    upper = [(x, y) for x, y in outline(jaw, grown=grown) if y <= 0.12]
    upper.sort(key=lambda point: math.atan2(point[1] - 0.13, point[0]))
    return [*upper, *reversed(hairline)]


def _curly(front: Brush, who: Character) -> None:
    for step in range(13):
        angle = math.pi * (1.04 + step / 12 * 0.92)
        front.oval(math.cos(angle) * 0.95, math.sin(angle) * 1.02, 0.3, 0.28, who.hair)
    for step in range(7):
        front.oval(-0.6 + step * 0.2, -0.82 - 0.08 * (step % 2), 0.2, 0.18, mixed(who.hair, WHITE, 0.06))


def _bald(front: Brush, who: Character) -> None:
    for side in (-1, 1):
        points = ((1.05, -0.1), (1.1, -0.45), (0.9, -0.7), (0.86, -0.3), (0.94, 0.05))
        front.shape([(side * x, y) for x, y in points], who.hair)
    front.blush(-0.3, -0.85, 0.2, mixed(who.skin, WHITE, 0.6), 130)


def _spiky(front: Brush, who: Character) -> None:
    spikes: list[Point] = []
    for step in range(9):
        angle = math.pi * (1.06 + step / 8 * 0.88)
        for turn, wide, high in ((-0.07, 1.02, 1.2), (0.0, 1.18, 1.52), (0.07, 1.02, 1.2)):
            spikes.append((math.cos(angle + turn) * wide, math.sin(angle + turn) * high))
    line = [
        (0.95, -0.05),
        (0.82, -0.5),
        (0.45, -0.62),
        (0.25, -0.8),
        (-0.1, -0.6),
        (-0.4, -0.78),
        (-0.82, -0.5),
    ]
    front.shape([*spikes, *line, (-0.95, -0.05)], who.hair)


def _scarf(front: Brush, who: Character) -> None:
    cloth = who.extra
    ring = [(x * 1.03, y) for x, y in outline(who.jaw, grown=0.16, bottom=1.3)]
    inner = [(x * 0.86, y * 0.84 + 0.1) for x, y in outline(who.jaw)]
    mask = Image.new("L", front.layer.size)
    pen = ImageDraw.Draw(mask)
    pen.polygon([front.at(*point) for point in ring], fill=255)
    pen.polygon([front.at(*point) for point in inner], fill=0)
    front.layer.paste(cloth, (0, 0), mask)
    front.bow(-0.1, -0.98, 0.6, 0.18, mixed(cloth, WHITE, 0.3), 0.04)
    front.shape([(-0.75, 1.1), (0.75, 1.1), (1.2, 2.2), (-1.2, 2.2)], cloth)
    front.bow(0.1, 1.35, 0.7, -0.25, mixed(cloth, INK, 0.15), 0.04)


def _cap_on_head(front: Brush, who: Character) -> None:
    shade = mixed(who.extra, INK, 0.22)
    front.shape(
        [(-0.96, 0.1), (-1.04, -0.5), (1.04, -0.5), (0.96, 0.1), (0.88, -0.4), (-0.88, -0.4)], who.hair
    )
    front.shape(above(who.jaw, [(-1.02, -0.52), (0.0, -0.62), (1.02, -0.52)], grown=0.16), who.extra)
    brim = [(-1.0, -0.6), (0.0, -0.74), (1.0, -0.6), (1.12, -0.42), (0.0, -0.55), (-1.12, -0.42)]
    front.shape(brim, shade)
    front.oval(0, -1.4, 0.1, 0.06, shade)


DRAWN_APART: dict[Hair, Callable[[Brush, Character], None]] = {
    "curly": _curly,
    "bald": _bald,
    "spiky": _spiky,
    "scarf": _scarf,
    "cap": _cap_on_head,
}
