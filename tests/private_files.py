"""Pictures in all formats whose metadata has a position, serial numbers and names, marked SECRET."""

import struct
from collections.abc import Callable
from typing import Any

from PIL import ExifTags, Image, ImageCms, PngImagePlugin, TiffImagePlugin

from tests import drawing

PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
# Every private value has one of these; the numbers of the position in either byte order.
SECRETS = [
    b"SECRET",
    "SECRET".encode("utf-16-le"),
    b"SECRET".hex().encode(),
    *(struct.pack(order + "II", 48_123_457, 1_000_003) for order in "<>"),
]
XMP = (
    '<?xpacket begin=""?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description exif:GPSLatitude="SECRET" '
    f'aux:SerialNumber="SECRET"{{more}}/>{" " * 300}</rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
)


def private_exif(orientation: int = 6, *, thumbnail: bool = False) -> bytes:
    tags = Image.Exif()
    tags[ExifTags.Base.Make], tags[ExifTags.Base.Model] = "Drawn", "Model 1"
    tags[ExifTags.Base.Orientation] = orientation
    tags[ExifTags.Base.ImageDescription] = "SECRET place"
    tags[ExifTags.Base.Artist] = "SECRET owner"
    tags[0x9C9D] = "SECRET".encode("utf-16-le")
    camera = tags.get_ifd(ExifTags.IFD.Exif)
    camera[ExifTags.Base.DateTimeOriginal] = "2024:07:01 23:30:00"
    camera[ExifTags.Base.FNumber] = TiffImagePlugin.IFDRational(28, 10)
    camera[ExifTags.Base.LensModel] = "A lens of 50 mm"
    camera[ExifTags.Base.MakerNote] = b"Drawn\0SECRET serial" + bytes(200)
    camera[ExifTags.Base.UserComment] = b"ASCII\0\0\0SECRET"
    camera[ExifTags.Base.BodySerialNumber] = "SECRET 1"
    camera[ExifTags.Base.LensSerialNumber] = "SECRET 2"
    camera[ExifTags.Base.CameraOwnerName] = "SECRET 3"
    position = tags.get_ifd(ExifTags.IFD.GPSInfo)
    angle = TiffImagePlugin.IFDRational(48_123_457, 1_000_003)
    position[ExifTags.GPS.GPSLatitudeRef], position[ExifTags.GPS.GPSLatitude] = "N", (angle, 0.0, 0.0)
    position[ExifTags.GPS.GPSLongitudeRef], position[ExifTags.GPS.GPSLongitude] = "E", (angle, 0.0, 0.0)
    if thumbnail:
        first = tags.get_ifd(ExifTags.IFD.IFD1)
        first[ExifTags.Base.ImageDescription] = "SECRET thumbnail"
    return tags.tobytes()


def segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def private_jpeg(*, exif: bytes | None = None, xmp: str = XMP.format(more=""), **options: Any) -> bytes:
    plain = drawing.encoded(
        exif=private_exif() if exif is None else exif,
        icc_profile=PROFILE,
        comment=b"SECRET comment",
        **options,
    )
    extended = b"http://ns.adobe.com/xmp/extension/\0" + b"0" * 32 + bytes(8) + b"<x>SECRET</x>"
    iptc = b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x0e\x1c\x02\x5a\0\x06SECRET\x1c\x02\0"
    between = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + xmp.encode())
    between += segment(0xE1, extended) + segment(0xED, iptc) + segment(0xE4, b"SECRET unknown")
    return plain[:2] + between + plain[2:] + b"\0\0\0\x18ftypmp42 SECRET film" * 1000


def private_png(
    *, exif: bytes | None = b"", xmp: str = XMP.format(more=""), compressed: bool = False
) -> bytes:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Comment", "SECRET")
    texts.add_text("Location", "SECRET " * 99, zip=True)
    texts.add_itxt("XML:com.adobe.xmp", xmp, zip=compressed)
    if exif is None:
        return drawing.encoded(file_format="PNG", icc_profile=PROFILE, pnginfo=texts) + b"SECRET tail"
    return (
        drawing.encoded(file_format="PNG", icc_profile=PROFILE, pnginfo=texts, exif=exif or private_exif())
        + b"SECRET tail"
    )


def private_webp(**options: Any) -> bytes:
    options = {"exif": private_exif(), "xmp": XMP.format(more="").encode(), **options}
    return drawing.encoded(file_format="WEBP", icc_profile=PROFILE, **options) + b"SECRET tail"


def private_tiff(**options: Any) -> bytes:
    pages = [drawing.quarters(seed=1), drawing.quarters(seed=2)]
    exif = Image.Exif()
    exif.load(private_exif(orientation=1))
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    for tag, value in exif.items():
        tags[tag] = value
    if "compression" not in options:  # libtiff writes no other directories
        tags[ExifTags.IFD.Exif] = dict(exif.get_ifd(ExifTags.IFD.Exif))
        tags[ExifTags.IFD.GPSInfo] = dict(exif.get_ifd(ExifTags.IFD.GPSInfo))
    tags[700], tags[33723], tags[33550] = XMP.format(more="").encode(), b"SECRET", b"SECRET"
    tags.tagtype[700] = tags.tagtype[33723] = tags.tagtype[33550] = 7
    tags[65_000] = "SECRET"
    return drawing.encoded(
        pages[0],
        "TIFF",
        save_all=True,
        append_images=pages[1:],
        tiffinfo=tags,
        icc_profile=PROFILE,
        **options,
    )


def private_gif() -> bytes:
    pages = [drawing.quarters(seed=seed) for seed in (1, 2)]
    plain = drawing.encoded(
        pages[0], "GIF", save_all=True, append_images=pages[1:], comment=b"SECRET " * 60, loop=0, duration=100
    )
    magic = bytes([1, *range(255, -1, -1), 0])
    packet = b"\x21\xff\x0bXMP DataXMP" + XMP.format(more="").encode() + magic
    return plain[:-1] + packet + plain[-1:] + b"SECRET tail"


def private_heif(kind: str) -> bytes:
    tail = struct.pack(">I4s", 8 + 16 + 6, b"uuid") + bytes(16) + b"SECRET"
    film = struct.pack(">I4s", 8 + 6, b"mpvd") + b"SECRET"
    return (
        drawing.encoded(
            file_format=kind, exif=private_exif(1), xmp=XMP.format(more="").encode(), icc_profile=PROFILE
        )
        + tail
        + film
    )


FORMATS: dict[str, Callable[[], bytes]] = {
    "jpeg": private_jpeg,
    "jpeg-progressive": lambda: private_jpeg(progressive=True),
    "jpeg-thumbnail": lambda: private_jpeg(exif=private_exif(thumbnail=True)),
    "png": private_png,
    "png-compressed": lambda: private_png(compressed=True),
    "webp": private_webp,
    "webp-lossless": lambda: private_webp(lossless=True),
    "tiff": private_tiff,
    "tiff-deflate": lambda: private_tiff(compression="tiff_deflate"),
    "gif": private_gif,
    "heic": lambda: private_heif("HEIF"),
    "avif": lambda: private_heif("AVIF"),
}
