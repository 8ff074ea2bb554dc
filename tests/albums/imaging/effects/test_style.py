"""Painter styles: edges stay, colours become those of the style, and tiles leave no seams."""

from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from albums.imaging.effects.neutral_picture import neutral_picture
from albums.imaging.effects.style import LUMA, builtin_style, paint, picture_style, style_vector
from albums.imaging.effects.style_graphs import folded_graph, measuring_graph, statistics_of
from albums.imaging.effects.style_layers import BUILTIN_STYLES, painter_layers
from albums.imaging.effects.style_options import BRUSHES, StyleOptions
from albums.imaging.effects.style_tiles import network_input, rounded, run_in_tiles, run_on
from albums.imaging.model_errors import ModelDamaged
from albums.imaging.sessions import open_session

BROAD = StyleOptions(brush=5)
STARRY_NIGHT, DEEP_RED, GREAT_WAVE = 19, 20, 24


@pytest.fixture(scope="module")
def models(install) -> Path:
    folder: Path = install("style_builtin", "style_reader", "style_painter")
    return folder


@pytest.fixture(scope="module")
def photo() -> np.ndarray:
    return neutral_picture()[40:296, 60:480]


@pytest.fixture(scope="module")
def orange_stripes() -> np.ndarray:
    """A style picture: orange and brown stripes with a little noise."""
    rows, columns = np.mgrid[:256, :256]
    waves = np.sin((columns + 20 * np.sin(rows / 30)) / 6)[..., None]
    colours = np.array([200, 110, 30]) + waves * np.array([50, 60, 25])
    noise = np.random.default_rng(1).normal(0, 6, colours.shape)
    return np.asarray(np.clip(colours + noise, 0, 255), dtype=np.uint8)


@pytest.fixture(scope="module")
def striped(models: Path, photo: np.ndarray, orange_stripes: np.ndarray) -> np.ndarray:
    """The photo in the style of the stripes."""
    reader = open_session(models / "style_reader.onnx")
    return paint(photo, picture_style(reader, models / "style_painter.onnx", orange_stripes), BROAD)


@pytest.fixture(scope="module")
def starry(models: Path, photo: np.ndarray) -> np.ndarray:
    """The photo in a built-in style."""
    return paint(photo, builtin_style(models / "style_builtin.onnx", STARRY_NIGHT), BROAD)


@pytest.fixture
def tiny_brush(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small picture of few pixels, where only sizes and options matter."""
    monkeypatch.setitem(BRUSHES, 5, 40_000)


def edges(picture: np.ndarray) -> np.ndarray:
    """The length of the gradient of the luminance, as one vector of a slightly blurred picture."""
    light = cv2.GaussianBlur(picture.astype(np.float32) @ LUMA, (0, 0), 2.5)
    across, down = (cv2.Sobel(light, cv2.CV_32F, x, 1 - x) for x in (1, 0))
    return np.asarray(np.hypot(across, down)).ravel()


def colours(picture: np.ndarray) -> np.ndarray:
    """The means and deviations of the three channels of Lab."""
    lab = cv2.cvtColor(picture, cv2.COLOR_RGB2LAB).reshape(-1, 3).astype(np.float32)
    return np.concatenate([lab.mean(axis=0), lab.std(axis=0)])


@pytest.mark.parametrize("name", ["starry", "striped"])
def test_the_edges_of_the_photo_stay(request: pytest.FixtureRequest, photo: np.ndarray, name: str) -> None:
    painted = request.getfixturevalue(name)
    assert painted.shape == photo.shape
    mirrored = np.corrcoef(edges(photo), edges(painted[:, ::-1]))[0, 1]
    same = np.corrcoef(edges(photo), edges(painted))[0, 1]
    assert same > 0.4
    assert same > mirrored + 0.25


def test_colours_become_those_of_the_style_picture(
    photo: np.ndarray, striped: np.ndarray, orange_stripes: np.ndarray
) -> None:
    aim = colours(orange_stripes)
    before, after = (float(np.linalg.norm(colours(picture) - aim)) for picture in (photo, striped))
    assert after < 0.6 * before


def test_two_built_in_styles_differ_and_the_starry_night_is_blue(
    models: Path, photo: np.ndarray, starry: np.ndarray
) -> None:
    wave = paint(photo, builtin_style(models / "style_builtin.onnx", GREAT_WAVE), BROAD)
    assert np.abs(wave.astype(int) - starry).mean() > 20
    # The b of Lab: yellow above 128, blue below.
    assert colours(starry)[2] < colours(wave)[2]


def test_a_built_in_style_is_that_of_the_published_network(models: Path, photo: np.ndarray) -> None:
    model = models / "style_builtin.onnx"
    measured = open_session(measuring_graph(builtin_style(model, 5))).run(network_input(photo))[0]
    shares = np.zeros(BUILTIN_STYLES, np.float32)
    shares[5] = 1
    (published,) = open_session(model).run(network_input(photo), shares)
    assert np.abs(measured - published).max() < 1e-3


def test_the_painter_does_in_floats_what_the_published_network_does_in_8_bits(
    models: Path, photo: np.ndarray, orange_stripes: np.ndarray
) -> None:
    vector = style_vector(open_session(models / "style_reader.onnx"), orange_stripes)
    square = cv2.resize(photo, (384, 384), interpolation=cv2.INTER_AREA)
    content = network_input(square)
    layers = painter_layers(models / "style_painter.onnx", vector)
    ours = open_session(measuring_graph(layers)).run(content)[0]
    published = open_session(models / "style_painter.onnx")
    (theirs,) = published.run(content.transpose(0, 2, 3, 1), vector.reshape(1, 1, 1, 100))
    assert np.corrcoef(ours.transpose(0, 2, 3, 1).ravel(), theirs.ravel())[0, 1] > 0.9


@pytest.mark.parametrize("kind", ["builtin", "painter"])
def test_tiles_differ_from_the_whole_by_at_most_2_of_255(models: Path, photo: np.ndarray, kind: str) -> None:
    layers = (
        builtin_style(models / "style_builtin.onnx", STARRY_NIGHT)
        if kind == "builtin"
        else painter_layers(models / "style_painter.onnx", np.ones(100, np.float32))
    )
    measured, *outputs = open_session(measuring_graph(layers)).run(network_input(photo))
    network = open_session(folded_graph(layers, statistics_of(outputs)))
    whole = rounded(run_on(network, photo)).astype(int)
    height, width = photo.shape[:2]
    with_norms = rounded(measured[0].transpose(1, 2, 0)[:height, :width] * np.float32(255))
    assert np.abs(whole - with_norms).max() <= 2
    assert np.abs(run_in_tiles(network, photo, tile=128) - whole).max() <= 2
    assert np.abs(run_in_tiles(network, photo, tile=128, overlap=0) - whole).max() > 20, "tiles matter"


def test_a_large_result_has_the_colours_of_the_small_one_and_finer_detail(
    models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(BRUSHES, 5, 90_000)
    large = neutral_picture()
    half = cv2.resize(large, (344, 258), interpolation=cv2.INTER_AREA)
    style = builtin_style(models / "style_builtin.onnx", GREAT_WAVE)
    shares: list[float] = []
    painted = paint(large, style, BROAD, progress=shares.append)
    small = paint(half, style, BROAD)
    shrunk = cv2.resize(painted, (344, 258), interpolation=cv2.INTER_AREA)
    assert np.abs(colours(shrunk) - colours(small)).max() < 6
    enlarged = cv2.resize(small, (512, 384), interpolation=cv2.INTER_CUBIC)
    sharpness = [float(np.abs(cv2.Laplacian(p, cv2.CV_32F)).mean()) for p in (painted, enlarged)]
    assert sharpness[0] > 1.2 * sharpness[1]
    assert all(first <= second for first, second in pairwise(shares))
    assert shares[-1] == pytest.approx(1)


def test_the_owner_can_stop_the_work_in_the_middle(models: Path, photo: np.ndarray, tiny_brush: None) -> None:
    class Stopped(Exception):
        pass

    def stop(share: float) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        paint(photo, builtin_style(models / "style_builtin.onnx", 0), BROAD, progress=stop)


def test_no_strength_leaves_the_photo_as_it_is(models: Path, photo: np.ndarray, tiny_brush: None) -> None:
    style = builtin_style(models / "style_builtin.onnx", 1)
    assert np.array_equal(paint(photo, style, StyleOptions(brush=5, strength=0)), photo)


def test_colours_can_be_those_of_the_photo(models: Path, photo: np.ndarray) -> None:
    style = builtin_style(models / "style_builtin.onnx", DEEP_RED)
    for keep, (least, most) in {True: (0, 5), False: (20, 200)}.items():
        painted = paint(photo, style, StyleOptions(brush=5, keep_colours=keep))
        difference = np.abs(colours(painted) - colours(photo))
        assert least <= difference[1:3].max() <= most, "a and b of Lab"
        if keep:
            assert difference[0] < 12, "the lightness"


@pytest.mark.parametrize(("height", "width"), [(301, 403), (20, 700), (5, 90)])
def test_any_size_is_painted(models: Path, tiny_brush: None, height: int, width: int) -> None:
    photo = cv2.resize(neutral_picture(), (width, height), interpolation=cv2.INTER_AREA)
    painted = paint(photo, builtin_style(models / "style_builtin.onnx", 2), BROAD)
    assert painted.shape == photo.shape
    assert painted.std() > 5


def test_the_result_is_as_small_as_wanted_and_never_larger_than_the_photo(
    models: Path, photo: np.ndarray, tiny_brush: None
) -> None:
    style = builtin_style(models / "style_builtin.onnx", 2)
    small = paint(photo, style, StyleOptions(brush=5, long_side=210))
    assert small.shape[:2] == (128, 210)
    assert paint(photo, style, StyleOptions(brush=5, long_side=9000)).shape == photo.shape


@pytest.mark.parametrize(
    "wrong", [{"strength": 1.2}, {"strength": -0.1}, {"brush": 0}, {"brush": 6}, {"long_side": 1}]
)
def test_options_outside_their_range_are_named(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        StyleOptions(**wrong)  # type: ignore[arg-type]  # also floats


@pytest.mark.parametrize("number", [-1, 26])
def test_there_are_26_styles(models: Path, number: int) -> None:
    with pytest.raises(ValueError, match="0 to 25"):
        builtin_style(models / "style_builtin.onnx", number)


def test_the_file_of_another_network_is_damaged(models: Path) -> None:
    with pytest.raises(ModelDamaged, match="style_painter"):
        builtin_style(models / "style_painter.onnx", 0)
    with pytest.raises(ModelDamaged, match="style_builtin"):
        painter_layers(models / "style_builtin.onnx", np.zeros(100, np.float32))


def test_the_neutral_picture_is_always_the_same_one() -> None:
    picture = neutral_picture()
    assert picture.shape == (384, 512, 3)
    assert np.array_equal(picture, neutral_picture())
    assert picture.std() > 40
