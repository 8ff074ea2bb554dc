"""Encode pictures as animated WebP and as WebM video."""

import io
import tempfile
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

WEBP_QUALITY = 80
WEBP_EFFORT = 2
"""4, Pillow's default, makes files 4 % smaller in twice the time."""


class VideoUnavailable(Exception):
    """OpenCV was built without a codec for WebM."""


def encode_webp(pictures: Sequence[NDArray[np.uint8]], *, milliseconds: Sequence[int]) -> bytes:
    """Encode uint8 (H, W, 3) sRGB pictures of one size as an animation that repeats.

    milliseconds: how long each is shown.
    """
    first, *others = (Image.fromarray(picture) for picture in pictures)
    file = io.BytesIO()
    first.save(
        file,
        "WEBP",
        save_all=True,
        append_images=others,
        duration=list(milliseconds),
        loop=0,
        quality=WEBP_QUALITY,
        method=WEBP_EFFORT,
    )
    return file.getvalue()


def encode_webm(pictures: Sequence[NDArray[np.uint8]], *, milliseconds: Sequence[int], step: int) -> bytes:
    """Encode uint8 (H, W, 3) sRGB pictures of one size as a VP8 video without sound.

    VP8 takes a sixth of VP9's time. milliseconds: how long each picture is shown; step: of the video, in
    milliseconds: a picture that is shown for longer is repeated. Raises VideoUnavailable.
    """
    height, width = pictures[0].shape[:2]
    # VP8 stores colour at half the size.
    size = width - width % 2, height - height % 2
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "video.webm"
        writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"VP80"), 1000 / step, size)
        if not writer.isOpened():
            raise VideoUnavailable
        for picture, shown in zip(pictures, milliseconds, strict=True):
            frame = np.ascontiguousarray(picture[: size[1], : size[0], ::-1])
            for _repeat in range(max(1, round(shown / step))):
                writer.write(frame)
        writer.release()
        return path.read_bytes()
