"""Captions in pictures."""

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from faces.vision.types import Pixels

HEIGHT = 1 / 16
"""Height of the text, divided by that of the picture."""
MARGIN = 0.4
"""Space around the text, divided by its height."""
OPACITY = 150


def captioned(picture: Pixels, text: str) -> Pixels:
    """Return a picture with a text on a dark band in its lower left corner; without a text, as it is.

    The font is the one that Pillow carries: the Latin alphabet with its accents.
    """
    if not text:
        return picture
    image = Image.fromarray(picture).convert("RGBA")
    size = max(12, round(image.height * HEIGHT))
    margin = round(size * MARGIN)
    font = ImageFont.load_default(size)
    layer = Image.new("RGBA", image.size, (0, 0, 0, 0))
    draw = ImageDraw.Draw(layer)
    left, top, right, bottom = draw.textbbox((2 * margin, image.height - 2 * margin), text, font, anchor="ls")
    draw.rounded_rectangle(
        (left - margin, top - margin, right + margin, bottom + margin), radius=margin, fill=(0, 0, 0, OPACITY)
    )
    draw.text((2 * margin, image.height - 2 * margin), text, (255, 255, 255, 255), font, anchor="ls")
    return np.asarray(Image.alpha_composite(image, layer).convert("RGB"), dtype=np.uint8)
