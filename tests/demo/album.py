"""Drawn photos of people, for screenshots."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from PIL import Image, ImageDraw, ImageFilter

from tests.demo.brush import Character, Colour, Mouth
from tests.demo.cast import PEOPLE, STRANGERS
from tests.demo.people import Portrait, portrait

WIDTH, HEIGHT = 1500, 1000

CIRCLES: tuple[tuple[str, ...], ...] = (
    ("Clara", "Daniel", "Elsie", "Finn", "Grandma Rose", "Grandpa Tom"),
    ("Amara", "Ben", "Hana", "Idris", "Jonas"),
    ("Leila", "Maya", "Nico", "Priya", "Sam", "Zoe"),
    ("Amara", "Clara", "Maya", "Zoe", "Daniel"),
)
MOUTHS: tuple[Mouth, ...] = ("smile", "smile", "smile", "laugh", "calm")
TOPS: tuple[Colour, ...] = (
    (204, 84, 74),
    (66, 120, 168),
    (232, 178, 76),
    (92, 142, 98),
    (150, 104, 160),
    (240, 236, 226),
    (58, 66, 88),
    (226, 138, 110),
)

# Sky or wall above, what is below it, and the soft shapes between them.
GROUNDS: dict[str, tuple[Colour, Colour, Colour]] = {
    "beach": ((186, 222, 240), (240, 220, 178), (104, 178, 200)),
    "park": ((206, 232, 244), (150, 196, 122), (96, 156, 104)),
    "mountains": ((222, 232, 246), (166, 190, 140), (142, 158, 190)),
    "evening": ((252, 208, 168), (120, 92, 116), (196, 124, 120)),
    "kitchen": ((246, 232, 210), (206, 164, 122), (228, 198, 160)),
    "party": ((78, 66, 110), (54, 46, 80), (236, 160, 90)),
}


@dataclass(frozen=True, slots=True)
class SeenFace:
    """A person in a drawn photo.

    who: a name, or "?1" for a stranger.
    box: the face, in pixels: left, top, width, height.
    """

    who: str
    box: tuple[float, float, float, float]
    mouth: Mouth


@dataclass(frozen=True, slots=True)
class DrawnPhoto:
    """A photo with its place and people."""

    picture: Image.Image
    place: str
    faces: list[SeenFace]


def characters() -> dict[str, Character]:
    """Return all people; strangers are "?1", "?2" and so on."""
    return PEOPLE | {f"?{number}": one for number, one in enumerate(STRANGERS, 1)}


def photos(*, seed: int = 7) -> Iterator[DrawnPhoto]:
    """Yield some forty photos, the same for the same seed. Each person is in at least two."""
    dice = random.Random(seed)
    groups: list[list[str]] = [list(circle) for circle in CIRCLES]
    for circle in CIRCLES:
        groups += [dice.sample(circle, dice.randint(2, 4)) for _ in range(4)]
    groups += [[name] for name in PEOPLE]
    groups += [[f"?{number}"] for number in range(1, len(STRANGERS) + 1) for _ in range(2)]
    dice.shuffle(groups)
    for names in groups:
        yield _photo(names, dice)


@cache
def _portrait(who: str, mouth: Mouth, tilt: int, top: Colour) -> Portrait:
    return portrait(characters()[who], mouth=mouth, tilt=tilt, top=top)


def _photo(names: list[str], dice: random.Random) -> DrawnPhoto:
    place = dice.choice(list(GROUNDS))
    picture = _ground(place, dice)
    faces: list[SeenFace] = []
    step = WIDTH / len(names)
    # People in the background are drawn first, smaller and higher.
    order = sorted(range(len(names)), key=lambda index: index % 2 == 0)
    for index in order:
        who, mouth = names[index], dice.choice(MOUTHS)
        child = characters()[who].child
        seen = _portrait(who, mouth, dice.choice((-6, -3, 0, 3, 6)), dice.choice(TOPS))
        scale = (
            min(0.78, 1.25 * step / seen.picture.width) * (0.86 if child else 1.0) * dice.uniform(0.94, 1.04)
        )
        small = seen.picture.resize((round(seen.picture.width * scale), round(seen.picture.height * scale)))
        x = round(step * (index + 0.5) - small.width / 2 + dice.uniform(-0.05, 0.05) * step)
        y = HEIGHT - small.height + round((0.12 if index % 2 == 0 else 0.04) * small.height)
        picture.paste(small, (x, y), small)
        left, top, width, height = (value * scale for value in seen.face)
        faces.append(SeenFace(who, (x + left, y + top, width, height), mouth))
    return DrawnPhoto(picture, place, faces)


def _ground(place: str, dice: random.Random) -> Image.Image:
    above, below, between = GROUNDS[place]
    picture = Image.new("RGB", (WIDTH, HEIGHT), above)
    pen = ImageDraw.Draw(picture)
    horizon = round(HEIGHT * dice.uniform(0.52, 0.62))
    if place == "party":
        for _ in range(36):
            x, y, size = dice.randint(0, WIDTH), dice.randint(0, horizon), dice.randint(18, 60)
            pen.ellipse(
                (x, y, x + size, y + size),
                fill=dice.choice(((250, 200, 110), between, (240, 120, 140), (130, 190, 220))),
            )
    elif place == "kitchen":
        for x in range(60, WIDTH, 480):
            pen.rounded_rectangle((x, 90, x + 330, 400), radius=18, fill=between)
            pen.rounded_rectangle((x + 24, 114, x + 306, 376), radius=10, fill=(206, 226, 236))
    else:
        sun = dice.randint(120, 1200)
        pen.ellipse((sun, 90, sun + 170, 260), fill=(255, 240, 200))
        ridge = [
            (x, horizon - dice.randint(40, 260 if place == "mountains" else 130))
            for x in range(-100, WIDTH + 300, 200)
        ]
        if place == "park":
            for x, y in ridge:
                pen.ellipse((x - 170, y - 40, x + 170, y + 300), fill=between)
        elif place == "beach":
            pen.rectangle((0, horizon - 120, WIDTH, horizon), fill=between)
        else:
            for (x1, y1), (x2, y2) in pairwise(ridge):
                pen.polygon([(x1, y1), (x2, y2), (x2, horizon), (x1, horizon)], fill=between)
    pen.rectangle((0, horizon, WIDTH, HEIGHT), fill=below)
    # Blurred like the background of a portrait.
    return picture.filter(ImageFilter.GaussianBlur(7))
