"""Draw people, each with distinct features."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from PIL import Image

from tests.demo.brush import (
    CENTRE,
    HEIGHT,
    INK,
    UNIT,
    WHITE,
    WIDTH,
    Brush,
    Character,
    Colour,
    Mouth,
    Point,
    mixed,
    outline,
)
from tests.demo.hair import hair_before, hair_behind

# The face in units from CENTRE, as a detector would box it: forehead to chin, ear to ear.
FACE_LEFT, FACE_TOP, FACE_RIGHT, FACE_BOTTOM = -0.95, -0.95, 0.95, 1.22


@dataclass(frozen=True, slots=True)
class Portrait:
    """A person on a transparent background, with the box of the face: left, top, width, height in pixels."""

    picture: Image.Image
    face: tuple[float, float, float, float]


def portrait(
    who: Character, *, mouth: Mouth = "smile", tilt: float = 0.0, top: Colour | None = None
) -> Portrait:
    """Draw a person, optionally in other clothes, with the head tilted by `tilt` degrees."""
    who = replace(who, top=top) if top else who
    ground = Image.new("RGBA", (WIDTH, HEIGHT))
    _Body(ground, who).draw()
    head = Image.new("RGBA", (WIDTH, HEIGHT))
    behind = Image.new("RGBA", (WIDTH, HEIGHT))
    _Head(head, behind, who, mouth).draw()
    neck = (CENTRE[0], CENTRE[1] + 1.1 * UNIT)
    turned = [layer.rotate(tilt, Image.Resampling.BICUBIC, center=neck) for layer in (behind, head)]
    picture = Image.alpha_composite(Image.alpha_composite(turned[0], ground), turned[1])
    x, y = _turned(CENTRE, neck, -tilt)
    left, upper = x + FACE_LEFT * UNIT, y + FACE_TOP * UNIT
    face = (left, upper, (FACE_RIGHT - FACE_LEFT) * UNIT, (FACE_BOTTOM - FACE_TOP) * UNIT)
    return Portrait(picture, face)


def _turned(point: Point, about: Point, degrees: float) -> Point:
    angle = math.radians(degrees)
    x, y = point[0] - about[0], point[1] - about[1]
    return (
        about[0] + x * math.cos(angle) - y * math.sin(angle),
        about[1] + x * math.sin(angle) + y * math.cos(angle),
    )


class _Body(Brush):
    def __init__(self, layer: Image.Image, who: Character) -> None:
        super().__init__(layer)
        self.who = who

    def draw(self) -> None:
        who = self.who
        wide = 1.55 if who.child else 1.95
        top = 1.95
        shoulders = [
            (math.copysign(abs(math.cos(a)) ** 0.62, math.cos(a)) * wide, top - 0.42 * math.sin(a))
            for a in (math.pi * (1 - step / 40) for step in range(41))
        ]
        self.shape([(-wide, 3.3), *shoulders, (wide, 3.3)], who.top)
        self.shape(
            [(-0.45, 0.7), (0.45, 0.7), (0.5, 1.75), (0.0, 2.0), (-0.5, 1.75)], mixed(who.skin, INK, 0.16)
        )
        self.oval(0, 1.62, 0.53, 0.32, mixed(who.skin, INK, 0.08))
        shade = mixed(who.top, INK, 0.18)
        self.bow(0, 1.62, 0.62, -0.42, shade, 0.1)


class _Head(Brush):
    def __init__(self, layer: Image.Image, behind: Image.Image, who: Character, mouth: Mouth) -> None:
        super().__init__(layer)
        self.back = Brush(behind)
        self.who = who
        self.mouth = mouth

    def draw(self) -> None:
        who = self.who
        hair_behind(self.back, self.who)
        for side in (-1, 1):
            if who.style != "scarf":
                self.oval(side * 0.98, 0.12, 0.17, 0.25, mixed(who.skin, (190, 90, 70), 0.16))
                self.oval(side * 0.98, 0.13, 0.09, 0.15, mixed(who.skin, (150, 70, 60), 0.32))
            if who.earrings and who.style != "scarf":
                self.oval(side * 1.0, 0.46, 0.08, 0.08, who.earrings)
        self.shape(outline(who.jaw), who.skin)
        if who.beard:
            self._beard()
        for side in (-1, 1):
            self.blush(side * 0.56, 0.42, 0.24, mixed(who.skin, (235, 80, 80), 0.6), 120)
        self._features()
        hair_before(self, self.who)
        if who.glasses:
            self._glasses(who.glasses)

    def _beard(self) -> None:
        hair = self.who.hair
        lower = [(x * 1.02, y * 1.03) for x, y in outline(self.who.jaw) if y >= 0.2]
        lower.sort(key=lambda point: math.atan2(point[1] - 0.15, point[0]))
        self.shape([*lower, (-0.8, 0.3), (-0.62, 0.56), (0.0, 0.46), (0.62, 0.56), (0.8, 0.3)], hair)

    def _features(self) -> None:
        who = self.who
        eye = 0.135 if who.child else 0.115
        apart = 0.4
        for side in (-1, 1):
            x, y = side * apart, 0.06
            if self.mouth == "laugh":
                self.bow(x, y + 0.06, 0.17, 0.13, INK, 0.06)
            else:
                self.oval(x, y, eye * 1.62, eye * 1.36, WHITE)
                self.oval(x, y + 0.01, eye, eye * 1.12, who.eyes)
                self.oval(x, y + 0.01, eye * 0.55, eye * 0.62, INK)
                self.oval(x + eye * 0.32, y - eye * 0.38, eye * 0.3, eye * 0.3, WHITE)
                self.bow(x, y - 0.07, eye * 1.7, 0.12, INK, 0.045)
                if who.lips:
                    self.line([(x + side * 0.18, y - 0.1), (x + side * 0.27, y - 0.18)], INK, 0.04)
            brow = mixed(who.hair if who.style != "scarf" else INK, INK, 0.35)
            self.bow(x, y - 0.27, 0.2, 0.08, brow, 0.05 if who.lips or who.child else 0.075)
        shade = mixed(who.skin, (140, 60, 50), 0.38)
        self.bow(0.0, 0.42, 0.1 if who.child else 0.13, -0.07, shade, 0.05)
        if who.freckles:
            for x, y in ((0.34, 0.34), (0.45, 0.42), (0.55, 0.32), (0.62, 0.44), (0.44, 0.3)):
                for side in (-1, 1):
                    self.oval(side * x, y, 0.025, 0.022, mixed(who.skin, (150, 80, 40), 0.5))
        if who.wrinkles:
            for side in (-1, 1):
                self.line([(side * 0.66, 0.12), (side * 0.76, 0.08)], shade, 0.025)
                self.line([(side * 0.66, 0.2), (side * 0.77, 0.2)], shade, 0.025)
                self.line([(side * 0.3, 0.5), (side * 0.38, 0.64)], shade, 0.025)
            self.bow(0, -0.5, 0.3, 0.03, shade, 0.025)
        self._mouth(who.lips or mixed(who.skin, (160, 50, 50), 0.55))
        if who.moustache:
            self.shape(
                [
                    (0, 0.55),
                    (-0.16, 0.5),
                    (-0.42, 0.66),
                    (-0.16, 0.67),
                    (0, 0.63),
                    (0.16, 0.67),
                    (0.42, 0.66),
                    (0.16, 0.5),
                ],
                who.hair,
            )

    def _mouth(self, lips: Colour) -> None:
        if self.mouth == "calm":
            self.bow(0, 0.72, 0.24, -0.06, lips, 0.065)
            return
        deep = 0.32 if self.mouth == "laugh" else 0.22
        wide = 0.38 if self.mouth == "laugh" else 0.34
        steps = [i / 16 * 2 - 1 for i in range(17)]
        lower = [(t * wide, 0.66 + deep * (1 - t * t)) for t in reversed(steps)]
        upper = [(t * wide, 0.66 + 0.03 * (1 - t * t)) for t in steps]
        self.shape([*upper, *lower], (120, 36, 44))
        teeth = [(t * wide * 0.9, 0.67 + 0.11 * (1 - t * t)) for t in reversed(steps)]
        self.shape([*[(x * 0.9, y) for x, y in upper], *teeth], WHITE)
        if self.mouth == "laugh":
            self.oval(0, 0.66 + deep * 0.82, 0.16, 0.07, (226, 110, 110))
        self.line(upper, lips, 0.045)
        self.line(lower, lips, 0.045)

    def _glasses(self, colour: Colour) -> None:
        for side in (-1, 1):
            (left, top), (right, bottom) = self.at(side * 0.4 - 0.29, -0.2), self.at(side * 0.4 + 0.29, 0.32)
            self.pen.rounded_rectangle(
                (left, top, right, bottom), radius=UNIT * 0.2, outline=colour, width=round(UNIT * 0.055)
            )
            self.line([(side * 0.69, 0.0), (side * 0.95, -0.06)], colour, 0.05)
        self.bow(0, 0.04, 0.11, 0.04, colour, 0.05)
