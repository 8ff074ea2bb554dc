"""The options of a painter style."""

from dataclasses import dataclass

BRUSHES = {1: 3_000_000, 2: 1_900_000, 3: 1_200_000, 4: 600_000, 5: 300_000}
"""Pixels of the small picture that is painted first, by brush size: fewer pixels, broader strokes."""

SMALLEST_RESULT = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class StyleOptions:
    """The way in which a photo is painted.

    strength: 0 (the photo) to 1.
    brush: 1 (fine) to 5 (broad).
    keep_colours: only the luminance is painted.
    long_side: pixels of the result's long side; None for the photo's. A photo is never enlarged.
    """

    strength: float = 1.0
    brush: int = 3
    keep_colours: bool = False
    long_side: int | None = None

    def __post_init__(self) -> None:
        """Raise ValueError for a value outside its range."""
        if not 0 <= self.strength <= 1:
            message = f"strength must be 0 to 1, not {self.strength}"
        elif self.brush not in BRUSHES:
            message = f"brush must be {min(BRUSHES)} to {max(BRUSHES)}, not {self.brush}"
        elif self.long_side is not None and self.long_side < SMALLEST_RESULT:
            message = f"long_side must be at least {SMALLEST_RESULT}, not {self.long_side}"
        else:
            return
        raise ValueError(message)
