"""A picture is optimised: losses fall, edges stay, colours move to the style, and it can be stopped."""

import numpy as np
import pytest
from numpy.typing import NDArray

from albums.imaging.effects import gatys
from albums.imaging.effects.gatys import GatysStep, paint
from albums.imaging.effects.gatys_options import GatysOptions, PictureTooNarrow, TorchMissing
from albums.imaging.effects.vgg16 import LAYERS, Convolution

needs_torch = pytest.mark.skipif(
    not gatys.torch_installed(), reason="torch is not installed (requirements-gatys.txt)"
)
FEW = GatysOptions(iterations=14)


def photo(height: int = 48, width: int = 64) -> NDArray[np.uint8]:
    """A grey disc on a dark ground."""
    y, x = np.mgrid[:height, :width]
    disc = (y - height / 2) ** 2 + (x - width / 2) ** 2 < (height / 3) ** 2
    return np.where(disc[..., None], 190, 60).repeat(3, axis=2).astype(np.uint8)


def stripes(height: int = 64, width: int = 64) -> NDArray[np.uint8]:
    """Orange and brown diagonal stripes."""
    y, x = np.mgrid[:height, :width]
    return np.where((((x + y) // 6) % 2)[..., None], (250, 160, 30), (120, 60, 20)).astype(np.uint8)


@pytest.fixture(scope="module")
def network() -> dict[str, Convolution]:
    """VGG16's layers with random weights that keep the size of the features (He).

    Random features already tell content and style apart, and no download is needed.
    """
    random = np.random.default_rng(5)
    inputs, layers = 3, {}
    for name, channels in LAYERS.items():
        if name == "block5_conv2":
            break
        spread = np.float32(np.sqrt(2 / (inputs * 9)))
        weights = random.standard_normal((channels, inputs, 3, 3), np.float32) * spread
        layers[name] = Convolution(weights, np.zeros(channels, np.float32))
        inputs = channels
    return layers


def painted(network, content, options: GatysOptions = FEW, style=None, last: int = 1000):
    """Return the result and all steps of a painting that stops after `last` steps."""
    steps: list[GatysStep] = []

    def on_step(step: GatysStep) -> bool:
        steps.append(step)
        return step.iteration < last

    result = paint(content, stripes() if style is None else style, network, options, on_step=on_step)
    return result, steps


def edges(picture: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return the strength of the edges at each pixel, of a slightly blurred picture."""
    grey = picture.mean(axis=2)
    grey = sum(np.roll(grey, (dy, dx), (0, 1)) for dy in (-1, 0, 1) for dx in (-1, 0, 1)) / 9
    rows, columns = np.gradient(grey)
    return np.asarray(np.hypot(rows, columns))


@pytest.fixture(autouse=True)
def _one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests run beside each other: more threads would only wait for each other."""
    monkeypatch.setattr(gatys, "THREADS", 1)


@needs_torch
def test_the_losses_fall_the_edges_stay_and_the_colours_move_to_those_of_the_style(network) -> None:
    content = photo()
    result, steps = painted(network, content)
    assert [step.iteration for step in steps] == list(range(1, 15))
    assert steps[-1].losses.total < 0.5 * steps[0].losses.total
    assert steps[-1].losses.style < 0.5 * steps[0].losses.style
    assert steps[0].losses.content == pytest.approx(0, abs=1e-9)
    correlation = np.corrcoef(edges(content).ravel(), edges(result).ravel())[0, 1]
    assert correlation > 0.5
    before, after, wanted = (picture.mean(axis=(0, 1)) for picture in (content, result, stripes()))
    # Red minus blue: 0 in the grey photo.
    assert after[0] - after[2] > 0.3 * (wanted[0] - wanted[2]) > before[0] - before[2]


@needs_torch
def test_the_total_is_the_weighted_sum(network) -> None:
    options = GatysOptions(content=2.0, style=0.5, smoothness=3.0, iterations=10)
    _result, steps = painted(network, photo(), options, last=4)
    losses = steps[-1].losses
    expected = 2 * losses.content + 0.5 * gatys.STYLE_SCALE * losses.style + 3 * losses.smoothness
    assert losses.total == pytest.approx(expected, rel=1e-4)


@needs_torch
def test_stopping_returns_the_picture_as_it_is(network) -> None:
    result, steps = painted(network, photo(), last=7)
    assert len(steps) == 7
    assert np.array_equal(result, steps[-1].picture())
    assert not np.array_equal(result, photo())


@needs_torch
def test_an_error_of_the_caller_ends_the_painting(network) -> None:
    def on_step(_step: GatysStep) -> bool:
        raise KeyError("cancelled")

    with pytest.raises(KeyError, match="cancelled"):
        paint(photo(), stripes(), network, FEW, on_step=on_step)


@needs_torch
def test_a_large_picture_begins_at_half_its_size_and_ends_at_the_wanted_one(network) -> None:
    options = GatysOptions(iterations=10, long_side=400)
    sizes = []

    def on_step(step: GatysStep) -> bool:
        sizes.append(step.picture().shape)
        return step.iteration < 6

    result = paint(photo(60, 480), stripes(), network, options, on_step=on_step)
    assert sizes == [(32, 200, 3)] * 5 + [(50, 400, 3)]
    assert result.shape == (50, 400, 3)
    stopped = paint(photo(60, 480), stripes(), network, options, on_step=lambda _step: False)
    assert stopped.shape == (50, 400, 3)


@needs_torch
def test_a_small_photo_is_not_enlarged_and_odd_sizes_are_fine(network) -> None:
    result, _steps = painted(network, photo(37, 53), last=2)
    assert result.shape == (37, 53, 3)


@needs_torch
def test_pictures_of_one_colour_are_fine(network) -> None:
    grey = np.full((40, 40, 3), 128, np.uint8)
    result, steps = painted(network, grey, style=grey, last=3)
    assert np.isfinite(steps[-1].losses.total)
    assert np.abs(result.astype(int) - 128).max() <= 2


@needs_torch
def test_the_number_of_threads_is_as_before(network) -> None:
    import torch

    before = torch.get_num_threads()
    painted(network, photo(), last=1)
    assert torch.get_num_threads() == before


def test_without_torch_the_error_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    assert not gatys.torch_installed()
    with pytest.raises(TorchMissing):
        painted({}, photo())


def test_a_very_narrow_picture_is_refused() -> None:
    with pytest.raises(PictureTooNarrow):
        painted({}, photo(10, 81))
    with pytest.raises(PictureTooNarrow):
        painted({}, photo(), style=stripes(81, 10))


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("content", (-0.1, 10.1)),
        ("style", (-0.1, float("nan"))),
        ("smoothness", (-1, 11)),
        ("iterations", (9, 401)),
        ("long_side", (255, 769)),
    ],
)
def test_an_option_outside_its_range_is_named(name: str, values: tuple[float, float]) -> None:
    for value in values:
        with pytest.raises(ValueError, match=name):
            GatysOptions(**{name: value})  # type: ignore[arg-type]  # by name
