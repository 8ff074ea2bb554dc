"""The colours of pictures that name them by code points (ITU-T H.273) in place of a profile, as ICC profiles.

HEIC and AVIF have them in a box `nclx`, PNG in a chunk cICP. LittleCMS converts with the profile that is made
of them here, as with any other.
"""

import struct
from collections.abc import Callable
from functools import lru_cache
from typing import BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from albums.imaging.structure.parts import png_chunk

Floats = NDArray[np.float64]

# x, y of red, green, blue and white (H.273, table 2).
_D65 = (0.3127, 0.3290)
_PRIMARIES = {
    1: ((0.640, 0.330), (0.300, 0.600), (0.150, 0.060), _D65),
    5: ((0.640, 0.330), (0.290, 0.600), (0.150, 0.060), _D65),
    6: ((0.630, 0.340), (0.310, 0.595), (0.155, 0.070), _D65),
    7: ((0.630, 0.340), (0.310, 0.595), (0.155, 0.070), _D65),
    9: ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046), _D65),
    11: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), (0.314, 0.351)),
    12: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), _D65),
}
_SRGB_PRIMARIES = 1
_UNSPECIFIED = 2
# sRGB; and BT.709, BT.601 and BT.2020, which are shown alike.
_LIKE_SRGB = frozenset({1, _UNSPECIFIED, 6, 13, 14, 15})
_PQ, _HLG = 16, 18

# ITU-R BT.2408: white of paper, in cd/m². Brighter light is compressed into what is left above the knee.
_WHITE = 203.0
_KNEE = 0.5
_HLG_PEAK, _HLG_GAMMA = 1000.0, 1.2

# ICC.1: the white of the space in which profiles meet, and the adaptation to it.
_D50 = (0.9642, 1.0, 0.8249)
_BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
_CURVE_POINTS = 4096
# The box is among the first ones of a file.
_HEAD = 2**16


class CodePoints(NamedTuple):
    """The code points of primaries and of the transfer function."""

    primaries: int
    transfer: int


def code_points_of(picture: Image.Image, file: BinaryIO) -> CodePoints | None:
    """Return the code points of an opened picture, or None without any."""
    match picture.format:
        case "HEIF":
            found = picture.info.get("nclx_profile")
            if isinstance(found, dict):
                return CodePoints(found["color_primaries"], found["transfer_characteristics"])
        case "AVIF":
            file.seek(0)
            box = file.read(_HEAD).partition(b"colrnclx")[2]
            if len(box) >= 4:
                return CodePoints(*struct.unpack(">HH", box[:4]))
        case "PNG":
            chunk = png_chunk(file, b"cICP", 4)
            if chunk:
                return CodePoints(chunk[0], chunk[1])
    return None


@lru_cache(maxsize=16)
def profile_of(points: CodePoints) -> bytes | None:
    """Return an ICC profile for these colours; None for sRGB, and for what is not known."""
    srgb = points.transfer in _LIKE_SRGB
    if srgb and points.primaries in {_SRGB_PRIMARIES, _UNSPECIFIED}:
        return None
    curve = _srgb_curve if srgb else _CURVES.get(points.transfer)
    known = _SRGB_PRIMARIES if points.primaries == _UNSPECIFIED else points.primaries
    if curve is None or known not in _PRIMARIES:
        return None
    return _profile(_colorants(*_PRIMARIES[known]), curve(np.linspace(0, 1, _CURVE_POINTS)))


def _srgb_curve(signal: Floats) -> Floats:
    return np.where(signal <= 0.04045, signal / 12.92, ((signal + 0.055) / 1.055) ** 2.4)


def _pq_curve(signal: Floats) -> Floats:
    """SMPTE ST 2084: cd/m² from 0 to 10,000."""
    root = signal ** (32 / 2523)
    light = (np.maximum(root - 3424 / 4096, 0) / (2413 / 128 - 2392 / 128 * root)) ** (8192 / 1305)
    return _compressed(10_000 * light / _WHITE)


def _hlg_curve(signal: Floats) -> Floats:
    """ITU-R BT.2100, on a display of 1,000 cd/m²."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    light = np.where(signal <= 0.5, signal**2 / 3, (np.exp((signal - c) / a) + b) / 12)
    return _compressed(_HLG_PEAK * light**_HLG_GAMMA / _WHITE)


def _compressed(light: Floats) -> Floats:
    """Compress light, 1 for white, to at most 1; below the knee it stays as it is."""
    room = 1 - _KNEE
    return np.where(light <= _KNEE, light, 1 - room * np.exp(-np.maximum(light - _KNEE, 0) / room))


_CURVES: dict[int, Callable[[Floats], Floats]] = {
    4: lambda signal: signal**2.2,
    5: lambda signal: signal**2.8,
    8: lambda signal: signal,
    _PQ: _pq_curve,
    _HLG: _hlg_curve,
}


def _colorants(*chromaticities: tuple[float, float]) -> Floats:
    """Return X, Y and Z (rows) of red, green and blue (columns), adapted to D50."""
    red, green, blue, white = (np.array([x / y, 1, (1 - x - y) / y]) for x, y in chromaticities)
    primaries = np.stack([red, green, blue], axis=1)
    scaled = primaries * np.linalg.solve(primaries, white)
    cones = (_BRADFORD @ np.array(_D50)) / (_BRADFORD @ white)
    adapted: Floats = np.linalg.inv(_BRADFORD) @ np.diag(cones) @ _BRADFORD @ scaled
    return adapted


def _profile(colorants: Floats, curve: Floats) -> bytes:
    """Return a profile of three colorants and one curve (ICC.1:2010, 8.3.3)."""
    values = np.round(65535 * curve).astype(">u2").tobytes()
    text = "RGB".encode("utf-16-be")
    trc = b"curv\0\0\0\0" + struct.pack(">I", len(curve)) + values
    name = b"mluc\0\0\0\0" + struct.pack(">II2s2sII", 1, 12, b"en", b"US", len(text), 28) + text
    tags = {b"desc": name, b"cprt": name, b"wtpt": _xyz(np.array(_D50))}
    tags |= {kind: _xyz(colorants[:, at]) for at, kind in enumerate((b"rXYZ", b"gXYZ", b"bXYZ"))}
    tags |= {b"rTRC": trc, b"gTRC": trc, b"bTRC": trc}
    table, body, start = b"", b"", 128 + 4 + 12 * len(tags)
    for kind, content in tags.items():
        table += struct.pack(">4sII", kind, start + len(body), len(content))
        body += content + b"\0" * (-len(content) % 4)
    header = struct.pack(
        ">I4xI4s4s4s12x4s4x4x4x4x8xI12s48x",
        start + len(body), 0x04300000, b"mntr", b"RGB ", b"XYZ ", b"acsp", 0, _fixed(np.array(_D50)),
    )  # fmt: skip
    return header + struct.pack(">I", len(tags)) + table + body


def _xyz(value: Floats) -> bytes:
    return b"XYZ \0\0\0\0" + _fixed(value)


def _fixed(value: Floats) -> bytes:
    return np.round(65536 * value).astype(">i4").tobytes()
