"""Pictures that take too much memory, and headers that promise more than the file holds, are refused."""

import errno
import io
import resource
import struct
import threading
import zlib
from collections.abc import Callable
from functools import partial

import numpy as np
import pillow_heif
import pytest
from PIL import Image

from albums import imaging
from albums.error_messages import refusal_message
from albums.exceptions import ImageRefused, RefusalCode
from albums.imaging import decoding, memory
from albums.imaging.decoder_errors import decoder_refusal
from albums.imaging.memory import memory_limited
from albums.imaging.structure.webp import WEBP_HEAD_BYTES, webp_size
from tests.drawing import encoded, quarters

MEGA = 1_000_000


def refusal(content: bytes, *, max_side: int | None = 2048) -> ImageRefused:
    with pytest.raises(ImageRefused) as refused:
        imaging.decode(io.BytesIO(content), max_side=max_side)
    return refused.value


def png(width: int, height: int, *, rows: int | None = None, interlaced: bool = False) -> bytes:
    """A grey PNG that holds its first rows only; all of them without `rows`."""
    packed = zlib.compress(bytes((1 + width) * (height if rows is None else rows)))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, interlaced)
    chunks = ((b"IHDR", header), (b"IDAT", packed), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in chunks
    )


def enlarged_jpeg(picture: Image.Image, side: int, **options: object) -> bytes:
    """A JPEG whose header says that it has `side` squared pixels."""
    content = bytearray(encoded(picture, "JPEG", **options))
    at = content.index(b"\xff\xc2" if options.get("progressive") else b"\xff\xc0")
    content[at + 5 : at + 9] = struct.pack(">HH", side, side)
    return bytes(content)


def letterboxed() -> Image.Image:
    """A picture whose last rows have one colour."""
    picture = Image.new("RGB", (320, 240), "black")
    picture.paste(quarters(300, 200), (10, 10))
    return picture


@pytest.mark.parametrize("size", [(1, 200 * MEGA), (200 * MEGA, 1), (100, MEGA)])
def test_a_side_has_a_limit_as_the_pixels_have(size: tuple[int, int]) -> None:
    refused = refusal(png(*size, rows=0))
    assert refused.code == RefusalCode.TOO_MANY_PIXELS
    longest = f"{max(size):,}"
    assert refusal_message(refused.code, refused.values) == (
        f"A side of the image has {longest} pixels; the limit is 65,535."
    )


def test_the_longest_side_of_a_jpeg_is_decoded() -> None:
    long = encoded(Image.new("L", (65_500, 20)))
    assert imaging.decode(io.BytesIO(long), max_side=1000).shape == (1, 1000, 3)


def test_a_picture_that_needs_more_memory_than_one_may_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    before = resource.getrlimit(resource.RLIMIT_DATA)
    # More than a process has free from earlier pictures.
    content = encoded(Image.new("RGB", (12000, 8000)), "PNG", compress_level=1)
    monkeypatch.setattr(decoding, "memory_limited", lambda: memory_limited(10 * MEGA))
    assert refusal(content).code == RefusalCode.TOO_MANY_PIXELS
    assert resource.getrlimit(resource.RLIMIT_DATA) == before
    monkeypatch.undo()
    assert imaging.decode(io.BytesIO(content), max_side=300).shape == (200, 300, 3)


@pytest.mark.parametrize("look", [imaging.probe, imaging.read, imaging.decode, imaging.read_metadata])
def test_every_way_to_open_a_picture_has_the_stated_limit_of_memory(
    look: Callable[[io.BytesIO], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = []

    class Watched(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            limits.append(resource.getrlimit(resource.RLIMIT_DATA)[0] - memory._private_bytes())
            return super().read(size)

    look(Watched(encoded(quarters(), "PNG")))
    assert limits
    assert max(limits) <= memory.MEMORY_FOR_ONE_PICTURE


def test_the_limit_of_several_threads_is_the_sum_and_ends_with_the_last() -> None:
    before, inside = resource.getrlimit(resource.RLIMIT_DATA), threading.Barrier(2)

    def work() -> None:
        with memory_limited(50 * MEGA):
            inside.wait(10)
            held.append(bytearray(30 * MEGA))

    held: list[bytearray] = []
    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(held) == 2
    assert resource.getrlimit(resource.RLIMIT_DATA) == before


@pytest.mark.parametrize("max_side", [256, None])
@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"restart_marker_blocks": 4}], ids=str)
def test_a_jpeg_that_says_more_pixels_than_it_holds_is_refused(
    options: dict[str, object], max_side: int | None
) -> None:
    picture = Image.fromarray(np.random.default_rng(0).integers(0, 256, (240, 320, 3), dtype=np.uint8))
    refused = refusal(enlarged_jpeg(picture, 3_000, **options), max_side=max_side)
    assert refused.code == RefusalCode.TRUNCATED


@pytest.mark.parametrize("max_side", [64, None])
@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"restart_marker_blocks": 4}], ids=str)
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_a_whole_jpeg_with_an_even_last_row_is_taken(
    mode: str, options: dict[str, object], max_side: int | None
) -> None:
    content = encoded(letterboxed().convert(mode), "JPEG", **options)
    # Data behind the picture, as phones store a film or a second picture.
    assert imaging.decode(io.BytesIO(content + content), max_side=max_side).shape[2] == 3


def test_a_jpeg_of_two_pictures_with_an_even_last_row_is_taken() -> None:
    file = io.BytesIO()
    letterboxed().save(file, "MPO", save_all=True, append_images=[quarters(320, 240)])
    assert imaging.decode(file).shape == (240, 320, 3)


@pytest.mark.parametrize("interlaced", [False, True])
def test_a_png_that_holds_fewer_rows_than_it_says_is_refused(*, interlaced: bool) -> None:
    assert refusal(png(900, 900, rows=300, interlaced=interlaced)).code == RefusalCode.TRUNCATED


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "P", "1", "I;16"])
def test_a_whole_png_with_an_even_last_row_is_taken(mode: str) -> None:
    assert imaging.decode(io.BytesIO(encoded(Image.new(mode, (301, 203)), "PNG"))).shape == (203, 301, 3)


def test_a_whole_interlaced_png_is_taken() -> None:
    # The seven passes of 8 x 8 pixels have 79 bytes with those of their filters.
    assert imaging.decode(io.BytesIO(png(8, 8, interlaced=True, rows=9))).shape == (8, 8, 3)
    assert refusal(png(8, 8, interlaced=True, rows=8)).code == RefusalCode.TRUNCATED


def test_a_gif_whose_screen_is_much_larger_than_its_picture_is_refused() -> None:
    content = bytearray(encoded(quarters().convert("P"), "GIF"))
    content[6:10] = struct.pack("<HH", 14_000, 14_000)
    assert refusal(bytes(content)).code == RefusalCode.BROKEN


def test_a_gif_with_room_around_its_picture_is_taken() -> None:
    content = bytearray(encoded(quarters(96, 64).convert("P"), "GIF"))
    content[6:10] = struct.pack("<HH", 192, 128)
    assert imaging.decode(io.BytesIO(bytes(content))).shape == (128, 192, 3)


@pytest.mark.parametrize("frames", [1, 2])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_an_avif_whose_header_says_more_than_its_data_is_refused(mode: str, frames: int) -> None:
    picture = quarters(96, 64).convert(mode)
    content = encoded(picture, "AVIF", save_all=frames > 1, append_images=[picture] * (frames - 1))
    assert imaging.decode(io.BytesIO(content)).shape == (64, 96, 3)
    in_items = content.replace(
        struct.pack(">4sIII", b"ispe", 0, 96, 64), struct.pack(">4sIII", b"ispe", 0, 960, 640)
    )
    in_tracks = content.replace(
        struct.pack(">II", 96 << 16, 64 << 16), struct.pack(">II", 960 << 16, 640 << 16)
    )
    for enlarged in {in_items, in_tracks} - {content}:
        assert refusal(enlarged).code == RefusalCode.BROKEN


def large(file_format: str, **options: object) -> bytes:
    return encoded(Image.new(str(options.pop("mode", "RGB")), (3000, 3000)), file_format, **options)


@pytest.mark.parametrize(
    ("file_format", "options"),
    [
        ("JPEG", {"mode": "CMYK", "progressive": True}),
        ("WEBP", {"method": 0}),
        ("WEBP", {"method": 0, "lossless": True, "quality": 0}),
        ("AVIF", {"speed": 10}),
    ],
    ids=str,
)
def test_a_decoder_without_memory_is_not_called_a_damaged_picture(
    file_format: str, options: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    content = large(file_format, **options)
    codes = set()
    for most in (MEGA, 8 * MEGA, 24 * MEGA, 32 * MEGA):
        monkeypatch.setattr(decoding, "memory_limited", partial(memory_limited, most))
        try:
            imaging.decode(io.BytesIO(content))
        except ImageRefused as refused:
            codes.add(refused.code)
    # Free memory of earlier pictures may be enough for all.
    assert codes <= {RefusalCode.TOO_MANY_PIXELS}


@pytest.mark.parametrize(
    "text", ["broken data stream when reading image file", "could not create decoder object"]
)
def test_an_error_of_a_decoder_that_lacks_memory_is_not_damage(text: str) -> None:
    codes = {}
    with memory_limited(100 * MEGA):
        for needed in (MEGA, 200 * MEGA):
            refused = decoder_refusal(OSError(text), needed=needed)
            assert isinstance(refused, ImageRefused)
            codes[needed] = refused.code
    assert codes == {MEGA: RefusalCode.BROKEN, 200 * MEGA: RefusalCode.TOO_MANY_PIXELS}


@pytest.mark.parametrize(
    "error",
    [OSError("decoder error -9"), OSError(errno.ENOMEM, "no"), RuntimeError("Memory allocation error")],
)
def test_an_error_that_names_the_memory_is_not_damage(error: Exception) -> None:
    refused = decoder_refusal(error)
    assert isinstance(refused, ImageRefused)
    assert refused.code == RefusalCode.TOO_MANY_PIXELS


@pytest.mark.parametrize("size", [(16_383, 16_383), (16_383, 5_000)])
def test_a_webp_is_refused_for_its_size_before_its_decoder_takes_the_memory_of_it(
    size: tuple[int, int],
) -> None:
    content = bytearray(encoded(quarters(), "WEBP", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0"))
    at = content.index(b"VP8X")
    content[at + 12 : at + 18] = b"".join((side - 1).to_bytes(3, "little") for side in size)
    with pytest.raises(ImageRefused) as refused:
        imaging.probe(io.BytesIO(content))
    assert refused.value.values == {"size": round(size[0] * size[1] / MEGA), "most": 75}


def test_the_header_of_every_kind_of_webp_has_its_size() -> None:
    extended = {"exif": b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0"}
    for options in (dict[str, object](), {"lossless": True}, extended):
        head = encoded(quarters(123, 45), "WEBP", **options)[:WEBP_HEAD_BYTES]
        assert webp_size(head) == (123, 45)


def heic() -> bytes:
    file = io.BytesIO()
    pillow_heif.from_pillow(quarters()).save(file, quality=60)
    return file.getvalue()


@pytest.mark.parametrize("kind", [b"vvc1", b"unci", b"jpeg", b"avc1", b"j2k1", b"evc1"])
def test_a_heif_file_of_an_unsupported_kind_is_not_called_damaged(kind: bytes) -> None:
    refused = refusal(heic().replace(b"hvc1", kind))
    assert refused.code == RefusalCode.UNSUPPORTED
    assert refusal_message(refused.code, refused.values) == (
        "This image format isn't supported. Export as JPEG first."
    )


@pytest.mark.parametrize("brand", [b"miaf", b"avci", b"vvic", b"j2ki"])
def test_a_heif_file_of_an_unsupported_brand_is_a_picture_and_not_a_film(brand: bytes) -> None:
    refused = refusal(heic().replace(b"ftypheic", b"ftyp" + brand))
    assert (refused.code, refused.values) == (RefusalCode.UNSUPPORTED, {"what": "picture"})


def test_a_damaged_heic_is_called_damaged() -> None:
    assert refusal(heic().replace(b"hvcC", b"xxxx")).code == RefusalCode.BROKEN
