"""The options, losses and errors of `albums.imaging.effects.gatys`, without the libraries that it needs."""

from dataclasses import dataclass

SMALLEST_SIDE, LARGEST_SIDE = 256, 768
FEWEST_ITERATIONS, MOST_ITERATIONS = 10, 400
HEAVIEST = 10.0
MOST_ELONGATED = 8
"""The largest ratio of a picture's sides."""


class TorchMissing(Exception):
    """torch, which is no requirement of the project, is not installed."""


class PictureTooNarrow(Exception):
    """A picture whose sides have a ratio above MOST_ELONGATED."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GatysOptions:
    """The weights of the three losses, 0 to 10, and the extent of the work.

    content: how closely the painting keeps the photo's content. style: how closely its strokes and colours
    follow the style. smoothness: how much differences between neighbouring pixels are avoided.
    iterations: 10 to 400. long_side: of the painting in pixels, 256 to 768.
    """

    content: float = 1.0
    style: float = 1.0
    smoothness: float = 1.0
    iterations: int = 100
    long_side: int = 512

    def __post_init__(self) -> None:
        """Raise ValueError for a value outside its range."""
        for name in ("content", "style", "smoothness"):
            if not 0 <= getattr(self, name) <= HEAVIEST:
                message = f"{name} must be 0 to {HEAVIEST:g}, not {getattr(self, name)}"
                raise ValueError(message)
        if not FEWEST_ITERATIONS <= self.iterations <= MOST_ITERATIONS:
            message = f"iterations must be {FEWEST_ITERATIONS} to {MOST_ITERATIONS}, not {self.iterations}"
            raise ValueError(message)
        if not SMALLEST_SIDE <= self.long_side <= LARGEST_SIDE:
            message = f"long_side must be {SMALLEST_SIDE} to {LARGEST_SIDE}, not {self.long_side}"
            raise ValueError(message)


@dataclass(frozen=True, slots=True)
class GatysLosses:
    """The losses of one iteration: 0 is a perfect match.

    content: the squared difference of features, relative to those of the photo. style: the same of Gram
    matrices, relative to those of the style, as a mean of the five layers. smoothness: the mean squared
    difference of neighbouring pixels, relative to that of black and white. total: their weighted sum.
    """

    content: float
    style: float
    smoothness: float
    total: float
