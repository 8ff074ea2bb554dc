"""Animated WebP and WebM: what was encoded comes out again, in time."""

import io
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from albums.imaging.animation import encode_webm, encode_webp

PICTURES = [np.full((64, 80, 3), (10, 200, shade), dtype=np.uint8) for shade in (0, 100, 200)]


def test_an_animation_has_the_pictures_and_their_times() -> None:
    with Image.open(io.BytesIO(encode_webp(PICTURES, milliseconds=[500, 40, 700]))) as animation:
        assert (animation.format, getattr(animation, "n_frames", 1), animation.info["loop"]) == ("WEBP", 3, 0)
        for number, picture in enumerate(PICTURES):
            animation.seek(number)
            assert np.abs(np.asarray(animation.convert("RGB"), dtype=int) - picture).max() < 12


def test_a_video_shows_each_picture_for_its_time(tmp_path: Path) -> None:
    path = tmp_path / "video.webm"
    path.write_bytes(encode_webm(PICTURES, milliseconds=[100, 40, 200], step=40))
    video = cv2.VideoCapture(str(path))
    assert round(video.get(cv2.CAP_PROP_FPS)) == 25
    blues = []
    while (found := video.read())[0]:
        blues.append(round(float(found[1][..., 0].mean())))
    assert len(blues) == 2 + 1 + 5
    assert [int(np.abs(np.array([0, 100, 200]) - blue).argmin()) for blue in blues] == [0, 0, 1, *[2] * 5]
