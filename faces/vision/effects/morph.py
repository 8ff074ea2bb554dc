"""Morphs: one face becomes another.

The landmarks of both are joined by triangles. Each picture is warped so that its triangles lie on those of a
shape between the two, and the pictures dissolve into each other.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from faces.vision.effects.control_points import join
from faces.vision.effects.framing import Portrait
from faces.vision.effects.warping import Warp, dissolve, from_light, to_light
from faces.vision.types import Pixels

FEWEST_FRAMES, MOST_FRAMES = 2, 60
SMALLEST_SIDE, LARGEST_SIDE = 256, 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class MorphOptions:
    """The options of a morph.

    frames: number of pictures, with both ends, 2..60.
    shape, colour: how much of the shape and of the colour has become the second face's at the end, 0..1.
        With 1 and 1 the last picture is the second portrait; with 0 and 1 the first face has its colours.
    """

    frames: int = 25
    shape: float = 1.0
    colour: float = 1.0

    def __post_init__(self) -> None:
        """Raise ValueError for an option out of its range."""
        if not FEWEST_FRAMES <= self.frames <= MOST_FRAMES:
            raise ValueError(f"{self.frames} frames: there can be {FEWEST_FRAMES} to {MOST_FRAMES}")
        if not (0 <= self.shape <= 1 and 0 <= self.colour <= 1):
            raise ValueError("shape and colour are shares, 0 to 1")


class Morph(Protocol):
    """A prepared way from one portrait to another."""

    def at(self, shape: float, colour: float, /) -> Pixels:
        """Return the picture (side, side, 3) with these shares of the second face, each 0..1."""
        ...


class MorphBackend(Protocol):
    """Makes morphs of two portraits of the same side.

    The one that exists is `WarpBackend`. One that works in the latent space of a generative network would
    take the same two portraits, through the same Protocol, and have these parts:

    1. Align. Cut the face out as the network's training set was: 1024 x 1024 pixels by the eyes and the
       mouth for networks trained on FFHQ. `Portrait.points` has the landmarks for it.
    2. Project. Find the latent whose picture is the portrait, by gradient descent on a perceptual distance
       and a penalty on the noise maps, from the mean latent. Its options: steps (1,000 is usual), learning
       rate (0.1, with a ramp up and down), noise that is added to the latent at first (0.05) and fades, and
       the kind of latent: one vector (1, 512), which stays a likely face, or a layered one (18, 512), one
       vector for each layer, which is nearer to the photo and easier to leave the space of faces with.
    3. Interpolate. `at(shape, colour)` mixes the two latents. In a layered one the first 8 vectors hold pose
       and shape, the others colour and texture, so that both shares have a meaning; with one vector there is
       a single share, the mean of both. The first and last picture are the projections, not the portraits.

    A projection takes minutes on a graphics card and hours without one: it belongs in a job of its own, whose
    result is stored with the face, and torch belongs into an optional file of requirements.
    """

    name: str

    def prepare(self, first: Portrait, second: Portrait, /) -> Morph:
        """Return the way from the first portrait to the second."""
        ...


class WarpMorph:
    """A morph by warps of triangles.

    Parameters
    ----------
    first, second : portraits of the same side

    Raises ValueError for portraits of two sizes.
    """

    def __init__(self, first: Portrait, second: Portrait) -> None:
        if first.side != second.side:
            raise ValueError(f"portraits of {first.side} and {second.side} pixels")
        self._first, self._second = first, second
        self.joined = join(first, second)
        self._lights = to_light(first.pixels), to_light(second.pixels)

    def at(self, shape: float, colour: float, /) -> Pixels:
        """Return the picture with these shares of the second face: the portraits themselves at both ends."""
        if shape == colour and shape in (0, 1):
            return (self._second if shape else self._first).pixels.copy()
        shapes = self.joined.first, self.joined.second
        between = (1 - shape) * shapes[0] + shape * shapes[1]
        warp = Warp(between, self.joined.triangles, self._first.side)
        if colour in (0, 1):
            return from_light(warp(self._lights[int(colour)], shapes[int(colour)]))
        first, second = (warp(light, points) for light, points in zip(self._lights, shapes, strict=True))
        return from_light(dissolve(first, second, colour))


class WarpBackend:
    """Morphs by warps of triangles between landmarks, in a fraction of a second on any processor."""

    name = "warp"

    def prepare(self, first: Portrait, second: Portrait, /) -> WarpMorph:
        """Return the way from the first portrait to the second."""
        return WarpMorph(first, second)


def frames_of(morph: Morph, options: MorphOptions) -> Iterator[Pixels]:
    """Yield the pictures of a morph in even steps, from the first portrait on."""
    for step in np.linspace(0.0, 1.0, options.frames):
        yield morph.at(float(step) * options.shape, float(step) * options.colour)


def half_way(morph: Morph, options: MorphOptions) -> Pixels:
    """Return the picture in the middle of a morph."""
    return morph.at(options.shape / 2, options.colour / 2)
