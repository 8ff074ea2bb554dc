"""Crops: level, sharp, and with everything where it belongs."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from faces.vision.alignment import BoxCrop, portrait_crop, warp
from faces.vision.types import Box, Detection, Pixels
from tests.faces.coloured import POINTS

EYES, MOUTH = (250, 0, 0), (0, 0, 250)


def matrix(scale: float, degrees: float, shift: tuple[float, float]) -> NDArray[np.float64]:
    """Turn clockwise, scale, then move."""
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return np.asarray(np.concatenate([turn * scale, np.array(shift)[:, None]], axis=1), dtype=np.float64)


def noise(height: int, width: int, *, blur: float = 2, seed: int = 0) -> Pixels:
    made = np.random.default_rng(seed).integers(0, 256, (height, width, 3)).astype(np.uint8)
    return np.asarray(cv2.GaussianBlur(made, (0, 0), blur), dtype=np.uint8)


def middle_of(picture: Pixels, colour: tuple[int, int, int] | None = None) -> NDArray[np.float64]:
    """Return the centre of the light, or of a colour, in pixels: x, y."""
    wanted = 255 - np.abs(picture.astype(float) - (colour or (255, 255, 255))).max(axis=2)
    weight = np.maximum(wanted - 100, 0)
    y, x = np.mgrid[: picture.shape[0], : picture.shape[1]]
    middle = np.array([(x * weight).sum(), (y * weight).sum()]) / weight.sum()
    return np.asarray(middle, dtype=np.float64)


@pytest.mark.parametrize("scale", [0.51, 0.8, 1.0, 2.5])
@pytest.mark.parametrize("degrees", [-70, 0, 33])
def test_where_nothing_shrinks_much_a_warp_is_that_of_opencv(scale: float, degrees: float) -> None:
    picture = noise(120, 160)
    through = matrix(scale, degrees, (40, 30))
    expected = cv2.warpAffine(
        picture, through, (90, 70), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    assert np.array_equal(warp(picture, through, width=90, height=70), expected)


@pytest.mark.parametrize("times", [2.1, 3, 5, 8, 13, 20])
@pytest.mark.parametrize("degrees", [0, 17, -90, 160])
def test_a_shrinking_warp_keeps_positions_to_a_fraction_of_a_pixel(times: float, degrees: float) -> None:
    # The sizes are odd on purpose, and the spot is anywhere: a shift of half a pixel would show.
    width, height = round(100 * times) + 3, round(90 * times) + 1
    spot = np.array([0.41 * width + 0.3, 0.57 * height + 0.8])
    y, x = np.mgrid[:height, :width]
    far = ((x - spot[0]) ** 2 + (y - spot[1]) ** 2) / (2 * (4 * times) ** 2)
    picture = np.repeat((255 * np.exp(-far))[:, :, None], 3, axis=2).astype(np.uint8)
    through = matrix(1 / times, degrees, (0, 0))
    through[:, 2] = np.array([40.3, 35.6]) - through[:, :2] @ spot
    assert middle_of(warp(picture, through, width=80, height=70)) == pytest.approx([40.3, 35.6], abs=0.1)


@pytest.mark.parametrize("times", [3, 6, 20])
def test_a_shrinking_warp_leaves_no_grain(times: int) -> None:
    grainy = noise(60 * times, 60 * times, blur=0.01)
    small = warp(grainy, matrix(1 / times, 10, (5, -3)), width=40, height=40)
    assert small.std() < 2 * grainy.std() / times
    assert small.mean() == pytest.approx(grainy.mean(), abs=3)


@pytest.mark.parametrize("shift", [(-4000.0, 0.0), (0.0, 4000.0), (900.0, -900.0)])
def test_what_lies_outside_the_photo_repeats_its_edge(shift: tuple[float, float]) -> None:
    picture = np.full((400, 500, 3), (10, 200, 30), dtype=np.uint8)
    warped = warp(picture, matrix(0.1, 20, shift), width=30, height=30)
    assert (warped == (10, 200, 30)).all()


def tilted_face(degrees: float, *, side: float = 200, size: int = 700) -> tuple[Pixels, Detection]:
    """A photo of a face turned clockwise: eyes and mouth as coloured discs where the landmarks are."""
    photo = np.full((size, size, 3), 60, dtype=np.uint8)
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    spots = (POINTS - 0.5) * side @ turn.T + size / 2
    for spot, colour in zip(spots[[0, 1, 3, 4]], (EYES, EYES, MOUTH, MOUTH), strict=True):
        cv2.circle(photo, tuple(round(float(v)) for v in spot), round(side / 20), colour, -1)
    box = Box(size / 2 - side / 2, size / 2 - side / 2, side, side)
    return photo, Detection(box, np.asarray(spots, dtype=np.float32), 0.9)


@pytest.mark.parametrize("side", [60, 160, 400])
@pytest.mark.parametrize("degrees", range(-175, 180, 35))
def test_a_face_turned_by_any_angle_comes_out_level(degrees: int, side: int) -> None:
    photo, face = tilted_face(degrees, side=side, size=4 * side)
    crop = BoxCrop(side=160)(photo, face)
    assert crop.shape == (160, 160, 3)
    assert crop.dtype == np.uint8
    left, right = crop[:, :80], crop[:, 80:]
    assert middle_of(left, EYES) == pytest.approx([0.3 * 160, 0.35 * 160], abs=3)
    assert middle_of(right, EYES) + np.array([80, 0]) == pytest.approx([0.7 * 160, 0.35 * 160], abs=3)
    assert middle_of(crop, MOUTH) == pytest.approx([0.5 * 160, 0.75 * 160], abs=3)


def test_a_box_that_is_no_square_is_stretched_to_one() -> None:
    photo = noise(300, 300)
    level = np.array([[110, 120], [150, 120], [130, 140], [115, 160], [145, 160]], dtype=np.float32)
    crop = BoxCrop(side=160)(photo, Detection(Box(100, 90, 60, 100), level, 0.9))
    expected = cv2.resize(photo[90:190, 100:160], (160, 160), interpolation=cv2.INTER_LINEAR)
    inner = np.s_[10:-10, 10:-10]
    assert np.abs(crop[inner].astype(int) - expected[inner].astype(int)).mean() < 8


@pytest.mark.parametrize("degrees", [0, 90, -140])
def test_a_crop_can_be_wider_and_higher_than_the_box(degrees: int) -> None:
    photo, face = tilted_face(degrees)
    crop = BoxCrop(side=160, across=1.5, down=1.25)(photo, face)
    left, right = (80 + 160 * (place - 0.5) / 1.5 for place in (0.3, 0.7))
    height = 80 + 160 * (0.35 - 0.5) / 1.25
    assert middle_of(crop[:, :80], EYES) == pytest.approx([left, height], abs=2)
    assert middle_of(crop[:, 80:], EYES) == pytest.approx([right - 80, height], abs=2)


@pytest.mark.parametrize("corner", [(-30, -20), (280, -10), (-10, 270), (275, 270)])
def test_a_face_over_the_edge_of_the_photo_is_filled_up_from_the_edge(corner: tuple[int, int]) -> None:
    photo = np.full((300, 300, 3), 200, dtype=np.uint8)
    points = np.asarray(POINTS * 60 + corner, dtype=np.float32)
    crop = BoxCrop(side=160)(photo, Detection(Box(*corner, 60, 60), points, 0.9))
    assert (crop == 200).all()


@pytest.mark.parametrize(
    "box",
    [
        Box(200, 150, 60, 80),
        Box(0, 0, 50, 50),
        Box(580, 340, 60, 60),
        Box(300, 2, 90, 60),
        Box(620, 100, 20, 30),
    ],
)
def test_a_portrait_is_a_square_with_the_whole_face_and_nothing_but_photo(box: Box) -> None:
    photo = np.full((400, 640, 3), (0, 90, 0), dtype=np.uint8)
    photo[int(box.y) : int(box.y + box.h), int(box.x) : int(box.x + box.w)] = (250, 250, 250)
    portrait = portrait_crop(photo, box, side=256)
    assert portrait.shape[0] == portrait.shape[1] <= 256
    scale = portrait.shape[0] / (max(box.w, box.h) * 1.7)
    white = (portrait > 180).all(axis=2).sum()
    assert white == pytest.approx(box.area * scale**2, rel=0.1)
    assert (portrait[:, :, 1] >= 85).all(), "a black bar"


def test_a_portrait_is_not_made_larger_than_its_pixels() -> None:
    assert portrait_crop(noise(400, 600), Box(100, 100, 30, 30), side=256).shape == (51, 51, 3)


@pytest.mark.parametrize("size", [(1, 1), (3, 200), (200, 3), (40, 40)])
def test_a_face_as_large_as_the_photo_has_a_portrait(size: tuple[int, int]) -> None:
    portrait = portrait_crop(noise(*size), Box(0, 0, size[1], size[0]), side=256)
    assert portrait.shape == (min(size), min(size), 3)
