"""Pictures that were made to take as much memory as they can, or say more in their header than they hold."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable

import numpy as np
import pillow_heif
from PIL import Image


def png(width: int, height: int, *, bits: int = 8, colour: int = 2, rows: int | None = None) -> bytes:
    """A PNG of zeros, of which `rows` are there: all without it."""
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    line = 1 + -(-width * channels * bits // 8)
    left = (height if rows is None else rows) * line
    packer = zlib.compressobj(1)
    zeros = bytes(min(left, 2**24))
    packed = []
    while left > 0:
        packed.append(packer.compress(zeros[:left]))
        left -= len(zeros)
    packed.append(packer.flush())

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    palette = chunk(b"PLTE", bytes(768)) if colour == 3 else b""
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", header),
            palette,
            chunk(b"IDAT", b"".join(packed)),
            chunk(b"IEND", b""),
        )
    )


def saved(mode: str, size: tuple[int, int], file_format: str, **options: object) -> bytes:
    """A picture without content, as Pillow writes it."""
    file = io.BytesIO()
    Image.new(mode, size).save(file, file_format, **options)
    return file.getvalue()


def noise(width: int, height: int, *, seed: int = 0) -> Image.Image:
    """A picture that does not compress."""
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8))


def enlarged_jpeg(side: int, *, progressive: bool = False) -> bytes:
    """A JPEG of 320 x 240 whose header says more."""
    file = io.BytesIO()
    noise(320, 240).save(file, "JPEG", progressive=progressive)
    content = bytearray(file.getvalue())
    at = content.index(b"\xff\xc2" if progressive else b"\xff\xc0")
    content[at + 5 : at + 9] = struct.pack(">HH", side, side)
    return bytes(content)


def enlarged_heif(side: int) -> bytes:
    """A HEIC of 320 x 240 whose header says more."""
    file = io.BytesIO()
    pillow_heif.from_pillow(noise(320, 240)).save(file, quality=60)
    content = file.getvalue()
    return content.replace(
        b"ispe" + struct.pack(">III", 0, 320, 240), b"ispe" + struct.pack(">III", 0, side, side)
    )


def enlarged_avif(side: int) -> bytes:
    """An AVIF of 320 x 240 whose header says more."""
    file = io.BytesIO()
    noise(320, 240).save(file, "AVIF", speed=10)
    content = file.getvalue()
    return content.replace(
        b"ispe" + struct.pack(">III", 0, 320, 240), b"ispe" + struct.pack(">III", 0, side, side)
    )


def enlarged_gif(side: int) -> bytes:
    """A GIF whose screen is much larger than its only frame."""
    file = io.BytesIO()
    noise(320, 240).quantize(64).save(file, "GIF")
    content = bytearray(file.getvalue())
    content[6:10] = struct.pack("<HH", side, side)
    return bytes(content)


def enlarged_webp(side: int) -> bytes:
    """A WebP whose canvas is much larger than its picture."""
    file = io.BytesIO()
    noise(320, 240).save(file, "WEBP", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0")
    content = bytearray(file.getvalue())
    at = content.index(b"VP8X")
    content[at + 12 : at + 18] = (side - 1).to_bytes(3, "little") * 2
    return bytes(content)


def enlarged_bmp(side: int) -> bytes:
    """A BMP whose header says more than it holds."""
    content = bytearray(saved("RGB", (320, 240), "BMP"))
    content[18:26] = struct.pack("<ii", side, side)
    return bytes(content)


def bmp_rle(side: int) -> bytes:
    """A BMP in run lengths: nothing but its end."""
    offset = 54 + 1024
    head = b"BM" + struct.pack("<IHHI", offset + 2, 0, 0, offset)
    info = struct.pack("<IiiHHIIiiII", 40, side, side, 1, 8, 1, 2, 0, 0, 256, 256)
    return head + info + bytes(1024) + b"\0\1"


def enlarged_tiff(side: int, compression: str) -> bytes:
    """A TIFF whose header says more than its strips hold."""
    file = io.BytesIO()
    noise(320, 240).save(file, "TIFF", compression=compression)
    content = bytearray(file.getvalue())
    at = struct.unpack_from("<I", content, 4)[0]
    for entry in range(struct.unpack_from("<H", content, at)[0]):
        place = at + 2 + 12 * entry
        tag = struct.unpack_from("<H", content, place)[0]
        if tag in {256, 257, 278}:
            struct.pack_into("<HII", content, place + 2, 4, 1, side)
    return bytes(content)


def many_layers(count: int) -> bytes:
    """A TIFF of many pictures."""
    file = io.BytesIO()
    first = Image.new("L", (64, 64))
    first.save(file, "TIFF", save_all=True, append_images=[first] * (count - 1))
    return file.getvalue()


def animation(file_format: str, side: int, frames: int) -> bytes:
    """An animation; each frame differs."""
    file = io.BytesIO()
    pictures = [Image.new("RGB", (side, side), (number, 0, 0)) for number in range(frames)]
    pictures[0].save(file, file_format, save_all=True, append_images=pictures[1:], duration=10)
    return file.getvalue()


def heic(side: int) -> bytes:
    """A HEIC without content."""
    file = io.BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", (side, side))).save(file, quality=10)
    return file.getvalue()


def oriented_tiff(side: int) -> bytes:
    """A TIFF that lies on its side."""
    file = io.BytesIO()
    Image.new("RGB", (side, side)).save(file, "TIFF", compression="tiff_deflate", tiffinfo={274: 6})
    return file.getvalue()


def pictures(side: int) -> dict[str, Callable[[], bytes]]:
    """The pictures by name; `side` squared is just below the limit of pixels."""
    long = side * side
    webp, heif, avif = (int(side * share) for share in (0.61, 0.77, 0.70))
    return {
        "png RGB": lambda: png(side, side),
        "png RGBA": lambda: png(side, side, colour=6),
        "png RGBA, 16 bits": lambda: png(side, side, bits=16, colour=6),
        "png grey, 16 bits": lambda: png(side, side, bits=16, colour=0),
        "png palette, 1 bit": lambda: png(side, side, bits=1, colour=3),
        "png 1 x all": lambda: png(1, long, colour=0),
        "png 1 x all, RGB": lambda: png(1, long),
        "png all x 1": lambda: png(long, 1, colour=0),
        "png 100 x": lambda: png(100, long // 100, colour=0),
        "jpeg": lambda: saved("RGB", (side, side), "JPEG"),
        "jpeg progressive": lambda: saved("RGB", (side, side), "JPEG", progressive=True),
        "jpeg CMYK progressive": lambda: saved("CMYK", (int(side * 0.86),) * 2, "JPEG", progressive=True),
        "tiff grey, 16 bits": lambda: saved("I;16", (side, side), "TIFF", compression="tiff_deflate"),
        "tiff float": lambda: saved("F", (side, side), "TIFF", compression="tiff_deflate"),
        "tiff CMYK": lambda: saved("CMYK", (side, side), "TIFF", compression="tiff_deflate"),
        "tiff RGBA": lambda: saved("RGBA", (side, side), "TIFF", compression="tiff_deflate"),
        "tiff one strip": lambda: saved(
            "RGB", (side, side), "TIFF", compression="tiff_deflate", strip_size=2**31 - 1
        ),
        "tiff turned": lambda: oriented_tiff(int(side * 0.81)),
        "tiff 4,000 layers": lambda: many_layers(4000),
        "gif": lambda: saved("P", (side, side), "GIF"),
        "gif animated": lambda: animation("GIF", int(side * 0.5), 4),
        "webp": lambda: saved("RGB", (min(webp, 16383),) * 2, "WEBP", lossless=True, method=0, quality=0),
        "webp animated": lambda: animation("WEBP", int(webp * 0.7), 3),
        "heic": lambda: heic(min(heif, 6000)),
        "avif": lambda: saved("RGB", (min(avif, 6000),) * 2, "AVIF", speed=10),
        "bmp run lengths": lambda: bmp_rle(side),
        "enlarged jpeg": lambda: enlarged_jpeg(14_000),
        "enlarged jpeg progressive": lambda: enlarged_jpeg(14_000, progressive=True),
        "enlarged png": lambda: png(14_000, 14_000, rows=240),
        "enlarged gif": lambda: enlarged_gif(14_000),
        "enlarged webp": lambda: enlarged_webp(8_000),
        "enlarged heic": lambda: enlarged_heif(10_000),
        "enlarged avif": lambda: enlarged_avif(9_000),
        "enlarged bmp": lambda: enlarged_bmp(14_000),
        "enlarged tiff": lambda: enlarged_tiff(14_000, "raw"),
        "enlarged tiff deflate": lambda: enlarged_tiff(14_000, "tiff_deflate"),
    }
