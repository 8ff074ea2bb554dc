"""A drawn landscape on which the built-in styles are shown, with smooth and busy parts."""

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Colour = tuple[int, int, int]

WIDTH, HEIGHT = 512, 384
HORIZON = 210
SEED = 7
# Points of cv2's drawing functions with 4 bits after the point, for smooth edges.
BITS = 4

SKY, HAZE = (62, 128, 204), (236, 214, 190)
LAKE, SHORE = (70, 130, 170), (196, 176, 128)
SUN: Colour = (255, 236, 170)
WALL, ROOF, DOOR, WINDOW = (238, 228, 208), (178, 62, 48), (92, 62, 48), (255, 214, 110)
TRUNK: Colour = (86, 60, 44)


def neutral_picture() -> Pixels:
    """Return the landscape as uint8 (384, 512, 3), RGB: always the same one."""
    picture = np.empty((HEIGHT, WIDTH, 3), np.uint8)
    picture[:HORIZON] = _gradient(SKY, HAZE, HORIZON)
    picture[HORIZON:] = _gradient(LAKE, (40, 84, 120), HEIGHT - HORIZON)
    _disc(picture, (390, 74), 30, SUN)
    for x, y, size in ((110, 62, 22), (140, 54, 28), (172, 64, 20), (270, 104, 14), (292, 100, 18)):
        _disc(picture, (x, y), size, (246, 244, 242))
    hills = (((120, 140, 170), 150, 42, 140, 0.4), ((92, 132, 120), 178, 30, 96, 2.1))
    for colour, top, height, length, phase in hills:
        _hill(picture, colour, top=top, height=height, length=length, phase=phase, bottom=HORIZON)
    for row in range(HORIZON + 6, HEIGHT, 9):
        start = 300 + (row * 37) % 90
        cv2.line(picture, (start, row), (start + 40 + row // 8, row), (250, 226, 176), 2, cv2.LINE_AA)
    _hill(picture, SHORE, top=300, height=26, length=210, phase=1.2, bottom=HEIGHT)
    _hill(picture, (96, 142, 72), top=322, height=20, length=170, phase=1.9, bottom=HEIGHT)
    _cottage(picture, 92, 248)
    _tree(picture, 232, 318)
    _flowers(picture)
    return picture


def _gradient(top: Colour, bottom: Colour, rows: int) -> Pixels:
    share = np.linspace(0, 1, rows)[:, None, None]
    return np.asarray((1 - share) * np.array(top) + share * np.array(bottom), dtype=np.uint8)


def _disc(picture: Pixels, centre: tuple[int, int], radius: int, colour: Colour) -> None:
    cv2.circle(picture, centre, radius, colour, cv2.FILLED, cv2.LINE_AA)


def _polygon(picture: Pixels, points: list[tuple[float, float]], colour: Colour) -> None:
    corners = np.round(np.array(points) * 2**BITS).astype(np.int32)
    cv2.fillPoly(picture, [corners], colour, cv2.LINE_AA, BITS)


def _hill(
    picture: Pixels, colour: Colour, *, top: int, height: int, length: int, phase: float, bottom: int
) -> None:
    columns = np.arange(0, WIDTH + 4, 4)
    ridge = top - height * (np.sin(columns / length * 2 + phase) + 0.4 * np.sin(columns / length * 5))
    line = [(float(x), min(float(y), bottom)) for x, y in zip(columns, ridge, strict=True)]
    _polygon(picture, [*line, (WIDTH, bottom), (0, bottom)], colour)


def _cottage(picture: Pixels, left: int, top: int) -> None:
    _polygon(picture, [(left, top), (left + 84, top), (left + 84, top + 62), (left, top + 62)], WALL)
    _polygon(picture, [(left - 10, top + 3), (left + 42, top - 38), (left + 94, top + 3)], ROOF)
    _polygon(
        picture,
        [(left + 34, top + 26), (left + 52, top + 26), (left + 52, top + 62), (left + 34, top + 62)],
        DOOR,
    )
    for x in (left + 10, left + 60):
        _polygon(picture, [(x, top + 18), (x + 16, top + 18), (x + 16, top + 36), (x, top + 36)], WINDOW)
        cv2.rectangle(picture, (x, top + 18), (x + 16, top + 36), DOOR, 1, cv2.LINE_AA)


def _tree(picture: Pixels, x: int, foot: int) -> None:
    _polygon(picture, [(x - 8, foot), (x - 4, foot - 90), (x + 4, foot - 90), (x + 9, foot)], TRUNK)
    random = np.random.default_rng(SEED)
    for shade, spread, count in (((34, 84, 48), 46, 46), ((62, 122, 58), 40, 46), ((122, 166, 74), 30, 30)):
        for dx, dy in random.normal(0, spread / 2.4, (count, 2)):
            _disc(picture, (int(x + dx), int(foot - 112 + dy * 0.9)), int(random.integers(5, 12)), shade)


def _flowers(picture: Pixels) -> None:
    random = np.random.default_rng(SEED)
    for colour in ((224, 60, 70), (250, 200, 60), (240, 236, 246)):
        for x, y in zip(random.integers(0, WIDTH, 34), random.integers(344, HEIGHT, 34), strict=True):
            _disc(picture, (int(x), int(y)), int(random.integers(2, 4)), colour)
