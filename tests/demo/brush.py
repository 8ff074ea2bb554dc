"""Drawing primitives for people, in units of half a head's width, with Pillow."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from PIL import Image, ImageDraw, ImageFilter

Colour = tuple[int, int, int]
Point = tuple[float, float]
Hair = Literal[
    "short", "parted", "long", "bob", "curly", "bun", "ponytail", "bald", "scarf", "cap", "spiky", "wavy"
]  # fmt: skip
Mouth = Literal["smile", "laugh", "calm"]

# A person is drawn in a frame of this size, with half the head's width as the unit, and then made smaller.
WIDTH, HEIGHT = 1200, 1440
UNIT = 270.0
CENTRE: Point = (WIDTH / 2, 600.0)
INK: Colour = (52, 40, 38)
WHITE: Colour = (255, 253, 250)


@dataclass(frozen=True, slots=True)
class Character:
    """The constant features of a drawn person."""

    skin: Colour
    hair: Colour
    style: Hair
    top: Colour
    eyes: Colour = (70, 48, 38)
    glasses: Colour | None = None
    beard: bool = False
    moustache: bool = False
    freckles: bool = False
    earrings: Colour | None = None
    wrinkles: bool = False
    lips: Colour | None = None
    jaw: float = 0.86
    child: bool = False
    extra: Colour = (200, 70, 70)
    """Return the colour of the scarf, the cap or the hair-tie."""


def mixed(first: Colour, second: Colour, part: float) -> Colour:
    """Mix `part` of the second colour into the first."""
    red, green, blue = (round(a + (b - a) * part) for a, b in zip(first, second, strict=True))
    return red, green, blue


class Brush:
    """Shapes in units about CENTRE; y grows downwards."""

    def __init__(self, layer: Image.Image) -> None:
        self.layer = layer
        self.pen = ImageDraw.Draw(layer)

    def at(self, x: float, y: float) -> Point:
        """The pixel at x, y."""
        return CENTRE[0] + x * UNIT, CENTRE[1] + y * UNIT

    def oval(self, x: float, y: float, rx: float, ry: float, colour: Colour) -> None:
        """An ellipse with its half-axes."""
        (left, top), (right, bottom) = self.at(x - rx, y - ry), self.at(x + rx, y + ry)
        self.pen.ellipse((left, top, right, bottom), fill=colour)

    def shape(self, points: list[Point], colour: Colour) -> None:
        """A filled polygon."""
        self.pen.polygon([self.at(*point) for point in points], fill=colour)

    def line(self, points: list[Point], colour: Colour, width: float) -> None:
        """A line with round ends."""
        thick = max(1, round(width * UNIT))
        self.pen.line([self.at(*point) for point in points], fill=colour, width=thick, joint="curve")
        for point in (points[0], points[-1]):
            self.oval(*point, width / 2, width / 2, colour)

    def bow(self, x: float, y: float, rx: float, rise: float, colour: Colour, width: float) -> None:  # noqa: PLR0917 - an ellipse and its pen
        """An arch of half-width `rx`, its middle `rise` above its ends (below, when negative)."""
        steps = [i / 12 * 2 - 1 for i in range(13)]
        self.line([(x + t * rx, y - rise * (1 - t * t)) for t in steps], colour, width)

    def blush(self, x: float, y: float, radius: float, colour: Colour, strength: int) -> None:
        """A soft spot of colour on what is there already."""
        (left, top), (right, bottom) = (
            self.at(x - radius, y - radius * 0.8),
            self.at(x + radius, y + radius * 0.8),
        )
        edge = round(UNIT * 0.3)
        spot = Image.new("L", (round(right - left) + 2 * edge, round(bottom - top) + 2 * edge))
        ImageDraw.Draw(spot).ellipse((edge, edge, edge + right - left, edge + bottom - top), fill=strength)
        soft = spot.filter(ImageFilter.GaussianBlur(UNIT * 0.09))
        self.layer.paste(colour, (round(left) - edge, round(top) - edge), soft)


def outline(jaw: float, *, grown: float = 0.0, top: float = -1.22, bottom: float = 1.2) -> list[Point]:
    """The head: round above, narrower towards the chin by `jaw`."""
    points = []
    for step in range(96):
        angle = step / 96 * math.tau
        x, y = math.cos(angle), math.sin(angle)
        height = (bottom if y > 0 else -top) + grown
        narrow = 1.0 - (1.0 - jaw) * max(0.0, y) ** 1.4
        points.append(
            (
                math.copysign(abs(x) ** 0.86, x) * (1.0 + grown) * narrow,
                math.copysign(abs(y) ** 0.92, y) * height,
            )
        )
    return points
