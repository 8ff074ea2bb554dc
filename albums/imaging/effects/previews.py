"""Small paintings of pictures in files, from file to JPEG in one step, which a child process can run."""

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from albums.imaging.decoding import decode
from albums.imaging.effects.style_options import StyleOptions
from albums.imaging.encoding import Encoded, encode_jpeg
from albums.imaging.limits import Limits


@dataclass(frozen=True, slots=True)
class BuiltinNetwork:
    """The network of a built-in style: the file of all of them, and its number."""

    path: Path
    number: int


@dataclass(frozen=True, slots=True)
class PictureNetwork:
    """The networks of the style of another picture, with the limits, long side and turns of that picture."""

    reader: Path
    painter: Path
    limits: Limits
    max_side: int
    turns: int = 0


def painted_file(
    photo: BinaryIO,
    picture: BinaryIO | None = None,
    *,
    network: BuiltinNetwork | PictureNetwork,
    options: StyleOptions,
    pixels: int,
    max_side: int,
    turns: int = 0,
    limits: Limits,
) -> Encoded:
    """Return a photo painted on `pixels` pixels. picture: that of the style, for a PictureNetwork.

    max_side, turns, limits: of the photo. Raises ImageRefused, ModelError.
    """
    # Imported late: onnx, onnxruntime and OpenCV take a second, and the web server does not need them.
    from albums.imaging.effects import style as engine  # noqa: PLC0415 - see above
    from albums.imaging.sessions import open_session  # noqa: PLC0415

    decoded = decode(photo, max_side=max_side, limits=limits, turns=turns)
    match network:
        case BuiltinNetwork(path, number):
            layers = engine.builtin_style(path, number)
        case PictureNetwork() if picture is not None:
            style = decode(picture, max_side=network.max_side, limits=network.limits, turns=network.turns)
            layers = engine.picture_style(open_session(network.reader), network.painter, style)
        case _:
            raise ValueError("a style without its picture")
    return encode_jpeg(engine.paint_preview(decoded, layers, options, pixels=pixels))


def painted_example(*, network: BuiltinNetwork, pixels: int) -> Encoded:
    """Return the drawn picture of the examples, painted on `pixels` pixels. Raises ModelError."""
    # Imported late, as in `painted_file`.
    from albums.imaging.effects import neutral_picture  # noqa: PLC0415 - see above
    from albums.imaging.effects import style as engine  # noqa: PLC0415

    layers = engine.builtin_style(network.path, network.number)
    picture = neutral_picture.neutral_picture()
    return encode_jpeg(engine.paint_preview(picture, layers, StyleOptions(), pixels=pixels))
