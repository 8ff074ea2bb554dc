"""albums.imaging.decoding: files of every format become upright sRGB."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageCms, TiffImagePlugin, TiffTags

from albums import imaging
from albums.exceptions import ImageRefused, RefusalCode
from tests import drawing
from tests.drawing import BLUE, GREEN, RED, YELLOW

FORMATS = ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "HEIF", "AVIF"]
WITH_EXIF = ["JPEG", "PNG", "WEBP", "TIFF", "HEIF", "AVIF"]


def corners(pixels: NDArray[np.uint8]) -> list[tuple[int, ...]]:
    """The colours a quarter in from each corner: above left, above right, below left, below right."""
    height, width = pixels.shape[:2]
    return [
        tuple(int(value) for value in pixels[y, x])
        for y in (height // 4, 3 * height // 4)
        for x in (width // 4, 3 * width // 4)
    ]


def assert_upright(pixels: NDArray[np.uint8], tolerance: int = 25) -> None:
    assert np.abs(np.subtract(corners(pixels), [RED, GREEN, BLUE, YELLOW])).max() <= tolerance


def decoded(data: bytes, max_side: int | None = None) -> NDArray[np.uint8]:
    return imaging.decode(io.BytesIO(data), max_side=max_side)


def refusal(data: bytes, **limits: int) -> RefusalCode:
    with pytest.raises(ImageRefused) as caught:
        imaging.read(io.BytesIO(data), limits=imaging.Limits(**limits))
    assert caught.value.detail.endswith(".")
    return caught.value.code


@pytest.mark.parametrize("file_format", FORMATS)
def test_every_format_becomes_upright_rgb(file_format: str) -> None:
    pixels = decoded(drawing.encoded(file_format=file_format))
    assert pixels.shape == (64, 96, 3)
    assert pixels.dtype == np.uint8
    assert_upright(pixels)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("file_format", WITH_EXIF)
def test_every_orientation_in_every_format_is_turned_once(file_format: str, orientation: int) -> None:
    stored = drawing.quarters()
    if (turn := drawing.STORED_AS[orientation]) is not None:
        stored = stored.transpose(turn)
    data = drawing.encoded(stored, file_format, exif=drawing.exif(orientation))
    picture = imaging.read(io.BytesIO(data))
    assert_upright(picture.pixels)
    assert (picture.width, picture.height) == (96, 64)
    header = imaging.probe(io.BytesIO(data))
    assert (header.width, header.height) == (96, 64)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_turns_come_on_top_of_the_orientation(orientation: int) -> None:
    data = drawing.encoded(drawing.quarters(), "PNG", exif=drawing.exif(orientation))
    as_it_is = decoded(data)
    for turns in range(4):
        turned = imaging.read(io.BytesIO(data), turns=turns)
        assert np.array_equal(turned.pixels, np.rot90(as_it_is, -turns))
        assert (turned.height, turned.width) == turned.pixels.shape[:2]


@pytest.mark.parametrize("orientation", [0, 9, 255])
def test_an_illegal_orientation_is_ignored(orientation: int) -> None:
    assert_upright(decoded(drawing.encoded(exif=drawing.exif(orientation))))


def test_a_png_with_its_exif_behind_the_pixels_is_upright() -> None:
    data = drawing.encoded(drawing.quarters().transpose(Image.Transpose.ROTATE_90), "PNG")
    body = b"eXIf" + drawing.exif(6).removeprefix(b"Exif\0\0")
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    assert_upright(decoded(data[:-12] + chunk + data[-12:]))


@pytest.mark.parametrize("mode", ["L", "1", "P", "CMYK", "YCbCr", "LAB", "I;16", "I", "F", "RGBA", "LA"])
def test_every_colour_mode_of_tiff_becomes_sane_8_bit(mode: str) -> None:
    grey = drawing.quarters().convert("L")
    match mode:
        case "I;16":
            picture = Image.fromarray(np.asarray(grey).astype(np.uint16) * 257)
        case "I":
            picture = Image.fromarray(np.asarray(grey).astype(np.int32) * 257)
        case "F":
            picture = Image.fromarray(np.asarray(grey).astype(np.float32) / 255)
        case "LAB":
            to_lab = ImageCms.buildTransform(
                ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB"
            )
            converted = ImageCms.applyTransform(drawing.quarters(), to_lab)
            assert converted is not None
            picture = converted
        case _:
            picture = drawing.quarters().convert(mode)
    pixels = decoded(drawing.encoded(picture, "TIFF"))
    if mode in {"L", "I;16", "I", "F", "LA"}:
        assert np.abs(pixels[..., 0].astype(int) - np.asarray(grey).astype(int)).max() <= 1
    elif mode != "1":
        assert_upright(pixels, tolerance=40)


def test_not_a_number_becomes_black_without_an_error() -> None:
    values = np.linspace(-5, 300, 64 * 96, dtype=np.float32).reshape(64, 96)
    values[:8] = np.nan
    pixels = decoded(drawing.encoded(Image.fromarray(values), "TIFF"))
    assert pixels[:8].max() == 0
    assert pixels.max() == 255


@pytest.mark.parametrize("file_format", ["PNG", "WEBP", "HEIF", "AVIF", "TIFF"])
def test_transparent_pixels_become_white(file_format: str) -> None:
    picture = drawing.quarters().convert("RGBA")
    picture.paste((0, 0, 0, 0), (0, 0, 48, 32))
    assert min(corners(decoded(drawing.encoded(picture, file_format)))[0]) >= 250


def test_a_transparent_palette_colour_becomes_white() -> None:
    palette = drawing.quarters().quantize(8)
    data = drawing.encoded(palette, "GIF", transparency=palette.getpixel((10, 10)))
    assert corners(decoded(data))[0] == (255, 255, 255)


@pytest.mark.parametrize("file_format", ["GIF", "WEBP", "PNG", "TIFF", "AVIF", "HEIF"])
def test_the_first_of_many_frames_is_used(file_format: str) -> None:
    others = [Image.new("RGB", (96, 64), "black")] * 3
    data = drawing.encoded(drawing.quarters(), file_format, save_all=True, append_images=others)
    assert_upright(decoded(data))


def test_a_colour_profile_is_converted_to_srgb(tmp_path: Path) -> None:
    # The profile swaps red and green, so a decoder that ignores it is noticed.
    swapped = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, green = (swapped.index(tag, 128) for tag in (b"rXYZ", b"gXYZ"))
    swapped[red : red + 4], swapped[green : green + 4] = b"gXYZ", b"rXYZ"
    swapped = bytearray(bytes(swapped).replace("sRGB".encode("utf-16-be"), "odd!".encode("utf-16-be")))
    data = drawing.encoded(file_format="PNG", icc_profile=bytes(swapped))
    red_corner = corners(decoded(data))[0]
    assert red_corner[1] > red_corner[0]


@pytest.mark.parametrize("profile", [b"", b"nonsense", b"\0" * 4000])
def test_a_broken_profile_is_ignored(profile: bytes) -> None:
    assert_upright(decoded(drawing.encoded(icc_profile=profile)))


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize("max_side", [40, 100, 7])
def test_the_long_side_is_at_most_the_requested_size(file_format: str, max_side: int) -> None:
    data = drawing.encoded(drawing.quarters(960, 640), file_format)
    picture = imaging.read(io.BytesIO(data), max_side=max_side)
    assert max_side * 15 / 16 - 1 <= max(picture.pixels.shape) <= max_side
    assert (picture.width, picture.height) == (960, 640)
    assert_upright(picture.pixels)


@pytest.mark.parametrize("file_format", FORMATS)
def test_the_requested_size_may_depend_on_the_size_in_the_header(file_format: str) -> None:
    data = io.BytesIO(drawing.encoded(drawing.quarters(960, 640), file_format))
    pixels = imaging.decode(data, max_side=lambda width, height: (width - height) // 2)
    assert 160 * 15 / 16 - 1 <= max(pixels.shape) <= 160


@pytest.mark.parametrize("mode", ["RGBA", "P", "L", "CMYK", "I;16"])
def test_reducing_in_bands_gives_the_same_picture_as_reducing_at_once(mode: str) -> None:
    picture = Image.linear_gradient("L").resize((900, 1300))
    if mode == "I;16":
        picture = Image.fromarray(np.asarray(picture).astype(np.uint16) * 257)
    elif mode != "L":
        picture = picture.convert("RGB").convert(mode)
    data = drawing.encoded(picture, "TIFF")
    small, whole = decoded(data, 130), Image.fromarray(decoded(data)).resize((90, 130), Image.Resampling.BOX)
    assert small.shape == (130, 90, 3)
    assert np.abs(small.astype(int) - np.asarray(whole).astype(int)).max() <= 4


def test_a_small_picture_is_not_enlarged() -> None:
    assert decoded(drawing.encoded(), 2048).shape == (64, 96, 3)


@pytest.mark.parametrize("size", [(1, 1), (5000, 1), (1, 5000)])
def test_a_picture_of_one_pixel_or_one_line_is_a_picture(size: tuple[int, int]) -> None:
    pixels = decoded(drawing.encoded(Image.new("RGB", size)), 512)
    assert min(pixels.shape) >= 1


def test_the_file_name_does_not_matter(tmp_path: Path) -> None:
    named_png = tmp_path / "really-a.png"
    named_png.write_bytes(drawing.encoded())
    assert imaging.probe(named_png).extension == "jpg"
    assert_upright(imaging.decode(named_png))


def test_a_probe_returns_type_size_and_frames() -> None:
    frames = [Image.new("RGB", (96, 64), colour) for colour in ("black", "white")]
    data = drawing.encoded(file_format="WEBP", save_all=True, append_images=frames)
    header = imaging.probe(io.BytesIO(data))
    assert header == imaging.Probe("WEBP", "image/webp", "webp", 96, 64, 3)


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "GIF", "TIFF", "BMP", "WEBP", "HEIF", "AVIF"])
def test_a_truncated_file_is_refused(file_format: str) -> None:
    # Noise, so that there are pixels left to lose where the file is cut.
    noise = Image.effect_noise((200, 150), 80).convert("RGB")
    data = drawing.encoded(noise, file_format)
    assert refusal(data[: len(data) * 6 // 10]) in {RefusalCode.TRUNCATED, RefusalCode.BROKEN}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(b"", RefusalCode.EMPTY, id="nothing"),
        pytest.param(b"\0" * 5000, RefusalCode.NOT_AN_IMAGE, id="zeros"),
        pytest.param(b"hello", RefusalCode.NOT_AN_IMAGE, id="text"),
        pytest.param(b"  <!DOCTYPE html><html><body>404", RefusalCode.HTML_PAGE, id="page"),
        pytest.param(b"\xef\xbb\xbf\n<HTML>", RefusalCode.HTML_PAGE, id="page with a byte order mark"),
        pytest.param(b"<?xml version='1.0'?><html xmlns=''>", RefusalCode.HTML_PAGE, id="XHTML"),
        pytest.param(b"<svg onload='alert(1)'/>", RefusalCode.UNSUPPORTED, id="SVG"),
        pytest.param(b"%PDF-1.7\n", RefusalCode.UNSUPPORTED, id="PDF"),
        pytest.param(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", RefusalCode.UNSUPPORTED, id="EPS"),
        pytest.param(b"\0\0\0\x18ftypmp42\0\0\0\0", RefusalCode.UNSUPPORTED, id="video"),
        pytest.param(b"RIFF\x20\0\0\0WAVEfmt ", RefusalCode.UNSUPPORTED, id="sound"),
        pytest.param(b"P6 1 1 255 abc", RefusalCode.NOT_AN_IMAGE, id="a format that is not on the list"),
        pytest.param(b"\xff\xd8\xff\xe0\0\x10JFIF", RefusalCode.TRUNCATED, id="the beginning of a JPEG"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + b"\0" * 50, RefusalCode.BROKEN, id="a damaged PNG"),
    ],
)
def test_files_that_are_not_pictures_are_refused_with_a_specific_reason(
    data: bytes, code: RefusalCode
) -> None:
    assert refusal(data) == code


def test_a_bomb_is_refused_by_its_header() -> None:
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 1, 0, 0, 0, 0)
    chunk = b"IHDR" + header
    data = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    assert refusal(data + struct.pack(">I", 10**6) + b"IDAT" + b"\0" * 100) == RefusalCode.TOO_MANY_PIXELS


def test_a_picture_in_thousands_of_scans_is_refused_before_they_are_decoded() -> None:
    data = drawing.encoded(drawing.quarters(2000, 1500), progressive=True)
    assert decoded(data).size
    last_scan = data[data.rindex(b"\xff\xda") : -2]
    assert refusal(data[:-2] + last_scan * 5000 + data[-2:]) == RefusalCode.BROKEN


def test_a_raw_file_is_not_read_as_its_preview() -> None:
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[ExifTags.Base.DNGVersion] = b"\x01\x04\x00\x00"
    tags.tagtype[ExifTags.Base.DNGVersion] = TiffTags.BYTE
    assert refusal(drawing.encoded(file_format="TIFF", tiffinfo=tags)) == RefusalCode.UNSUPPORTED


def test_limits_are_parameters() -> None:
    data = drawing.encoded()
    assert refusal(data, max_pixels=96 * 64 - 1) == RefusalCode.TOO_MANY_PIXELS
    assert refusal(data, max_bytes=len(data) - 1) == RefusalCode.TOO_LARGE
    assert decoded(data).size


def test_a_disk_error_does_not_refuse_the_picture() -> None:
    class BadDisk(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() > 0:
                raise OSError(5, "Input/output error")
            return super().read(size)

    with pytest.raises(OSError, match="Input/output"):
        imaging.decode(BadDisk(drawing.encoded(drawing.quarters(900, 600))))


def test_a_rendition_is_a_plain_jpeg_of_the_requested_size() -> None:
    encoded = imaging.encode_jpeg(np.asarray(drawing.quarters(900, 600)), max_side=512)
    picture = Image.open(io.BytesIO(encoded.data))
    assert (encoded.width, encoded.height) == picture.size == (512, 341)
    assert picture.format == "JPEG"
    assert not {"progressive", "icc_profile", "exif"} & set(picture.info)
    assert_upright(np.asarray(picture))
