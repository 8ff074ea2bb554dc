"""A photo painted in the style of a picture by optimisation, as Gatys, Ecker and Bethge described it (2015).

The pixels themselves are optimised until VGG16 sees the content of the photo and the style of the other
picture in them. It takes minutes where the networks of `albums.imaging.effects.style` take seconds.
"""

import importlib.util
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from albums.imaging.effects.gatys_options import (
    MOST_ELONGATED,
    GatysLosses,
    GatysOptions,
    PictureTooNarrow,
    TorchMissing,
)
from albums.imaging.effects.vgg16 import MEANS, Convolution

Pixels = NDArray[np.uint8]

STYLE_LAYERS = ("block1_conv1", "block2_conv1", "block3_conv1", "block4_conv1", "block5_conv1")
CONTENT_LAYER = "block4_conv3"
THREADS = 2

STYLE_SCALE = 10.0
"""The weight of the style where the options have 1: found by looking, as good for most styles."""
LOSS_SCALE = 1e6
"""The losses are of the order of 1 for all pixels together. L-BFGS takes smaller gradients for no change."""
HISTORY = 20
"""Steps that L-BFGS remembers."""
TINY = 1e-12
"""Keeps a picture of one colour from dividing by zero."""
DIVERGED = 3.0
"""A loss that is larger than the least one by this factor begins the optimisation again from there."""

SMALLEST_SIDE = 32
"""The least short side: the fifth block works at a sixteenth of the size."""
COARSE_FROM = 384
"""The long side from which on the first half of the iterations works at half the size.

Large strokes need many iterations at full size, and few at half of it, which take a quarter of the time.
"""


@dataclass(frozen=True, slots=True)
class GatysStep:
    """One iteration: its number from 1, the losses, and a function that returns the picture (RGB, uint8)."""

    iteration: int
    losses: GatysLosses
    picture: Callable[[], Pixels]


def torch_installed() -> bool:
    """Return True if torch, which is optional, can be imported; it is not imported."""
    return importlib.util.find_spec("torch") is not None


def paint(
    content: Pixels,
    style: Pixels,
    layers: Mapping[str, Convolution],
    options: GatysOptions,
    *,
    on_step: Callable[[GatysStep], bool],
) -> Pixels:
    """Return `content` in the style of `style`.

    content, style: uint8 (H, W, 3), RGB, of any sizes.
    layers: of `albums.imaging.effects.vgg16.features_read`.
    on_step: called after each iteration; when it returns False, the picture as it is becomes the result.

    The result is uint8 (H, W, 3), RGB, its long side that of the options, or less for a smaller photo, which
    is not enlarged. Raises PictureTooNarrow, TorchMissing; whatever `on_step` raises.
    """
    for picture in (content, style):
        if max(picture.shape[:2]) > MOST_ELONGATED * min(picture.shape[:2]):
            raise PictureTooNarrow
    if not torch_installed():
        raise TorchMissing
    # Imported late and only here: torch is no requirement, takes 0.2 GB, and some seconds to import.
    import torch  # noqa: PLC0415 - see above

    side = min(options.long_side, max(content.shape[:2]))
    sides = [side // 2, side] if side >= COARSE_FROM else [side]
    threads = torch.get_num_threads()
    torch.set_num_threads(THREADS)
    try:
        features = _Features(torch, layers)
        painting, done = content, 0
        for number, current in enumerate(sides, 1):
            photo = _fitted(content, current)
            begin = _resized(painting, photo.shape[1], photo.shape[0])
            canvas = _Canvas(features, options, content=photo, style=_fitted(style, current), begin=begin)
            while done < options.iterations * number // len(sides):
                losses = canvas.step()
                done += 1
                if not on_step(GatysStep(done, losses, canvas.picture)):
                    height, width = _fitted(content, side).shape[:2]
                    return _resized(canvas.picture(), width, height)
            painting = canvas.picture()
        return painting
    finally:
        torch.set_num_threads(threads)


class _Features:
    """VGG16 up to its last layer that is needed."""

    def __init__(self, torch: Any, layers: Mapping[str, Convolution]) -> None:
        self.torch = torch
        # Convolutions on a CPU are twice as fast with the channels as the last dimension in memory.
        self._last = torch.channels_last
        self._layers = []
        for name, (weights, bias) in layers.items():
            kernel = torch.from_numpy(weights).to(memory_format=self._last)
            self._layers.append((name, kernel, torch.from_numpy(bias)))
            if name == STYLE_LAYERS[-1]:
                break

    def __call__(self, pixels: Any) -> dict[str, Any]:
        """Return the features (1, C, H, W) of the layers that losses use, of pixels (1, 3, H, W)."""
        functional = self.torch.nn.functional
        found: dict[str, Any] = {}
        values = pixels.to(memory_format=self._last)
        for name, kernel, bias in self._layers:
            if name.endswith("conv1") and found:
                values = functional.max_pool2d(values, 2)
            values = functional.relu(functional.conv2d(values, kernel, bias, padding=1))
            if name in STYLE_LAYERS or name == CONTENT_LAYER:
                found[name] = values
        return found

    def tensor(self, picture: Pixels) -> Any:
        """Return a picture as the network takes it: (1, 3, H, W), BGR, without the mean colour."""
        values = picture[:, :, ::-1].astype(np.float32) - np.array(MEANS, np.float32)
        return self.torch.from_numpy(np.ascontiguousarray(values.transpose(2, 0, 1)[None]))


class _Canvas:
    """The picture that is optimised, at one size."""

    def __init__(
        self, features: _Features, options: GatysOptions, *, content: Pixels, style: Pixels, begin: Pixels
    ) -> None:
        self._features = features
        self._options = options
        with features.torch.no_grad():
            self._content = features(features.tensor(content))[CONTENT_LAYER]
            found = features(features.tensor(style))
            self._grams = {name: _gram(found[name]) for name in STYLE_LAYERS}
        self._best = features.tensor(begin)
        self._least = math.inf
        self._start()

    def _start(self) -> None:
        """Begin the optimisation at the best picture."""
        optim = self._features.torch.optim
        self._pixels = self._best.clone().requires_grad_()
        # One evaluation for each call of step(), after which it continues where it was.
        self._optimizer = optim.LBFGS(
            [self._pixels], max_iter=1, history_size=HISTORY, tolerance_grad=0, tolerance_change=0
        )

    def step(self) -> GatysLosses:
        """Make one iteration, and return the losses of the picture that it began with."""
        losses: list[GatysLosses] = []

        def evaluate() -> Any:
            self._optimizer.zero_grad()
            total, found = self._losses()
            losses.append(found)
            if found.total < self._least:
                self._least = found.total
                self._best = self._pixels.detach().clone()
            (total * LOSS_SCALE).backward()
            return total * LOSS_SCALE

        self._optimizer.step(evaluate)
        # Without a line search, which would need more evaluations, a step can be far too long.
        if not losses[0].total <= self._least * DIVERGED + TINY:
            self._start()
        return losses[0]

    def _losses(self) -> tuple[Any, GatysLosses]:
        pixels, options = self._pixels, self._options
        found = self._features(pixels)
        content = (found[CONTENT_LAYER] - self._content).square().mean() / (
            self._content.square().mean() + TINY
        )
        style = sum(
            (_gram(found[name]) - gram).square().sum() / (gram.square().sum() + TINY)
            for name, gram in self._grams.items()
        ) / len(STYLE_LAYERS)
        rough = (pixels[:, :, 1:] - pixels[:, :, :-1]).square().mean()
        rough = (rough + (pixels[:, :, :, 1:] - pixels[:, :, :, :-1]).square().mean()) / 255**2
        total = options.content * content + STYLE_SCALE * options.style * style + options.smoothness * rough
        values = (content.item(), style.item(), rough.item(), total.item())
        return total, GatysLosses(*values)

    def picture(self) -> Pixels:
        """Return the picture with the least loss so far."""
        values = self._best[0].numpy().transpose(1, 2, 0) + np.array(MEANS, np.float32)
        return np.ascontiguousarray(np.clip(values[:, :, ::-1] + 0.5, 0, 255).astype(np.uint8))


def _gram(features: Any) -> Any:
    """Return how often each two channels respond together, (C, C), whatever the size of the picture."""
    channels = features.shape[1]
    flat = features.reshape(channels, -1)
    return flat @ flat.T / flat.shape[1]


def _fitted(picture: Pixels, side: int) -> Pixels:
    """Return a picture with this long side; its short side is at least SMALLEST_SIDE."""
    height, width = picture.shape[:2]
    scale = side / max(height, width)
    return _resized(
        picture, max(round(width * scale), SMALLEST_SIDE), max(round(height * scale), SMALLEST_SIDE)
    )


def _resized(picture: Pixels, width: int, height: int) -> Pixels:
    if picture.shape[:2] == (height, width):
        return picture
    smaller = width < picture.shape[1]
    resized = cv2.resize(
        picture, (width, height), interpolation=cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
    )
    return np.asarray(resized, np.uint8)
