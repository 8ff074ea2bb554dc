"""Pictures drawn in memory, so that no test needs a photo of anyone."""

import io
from pathlib import Path

import pillow_heif
from PIL import ExifTags, Image

pillow_heif.register_heif_opener()

RED, GREEN, BLUE, YELLOW = (220, 30, 30), (30, 200, 40), (30, 40, 220), (230, 220, 30)

# How a camera stores an upright picture that it then marks with this orientation.
STORED_AS = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def quarters(width: int = 96, height: int = 64, *, seed: int = 0) -> Image.Image:
    """Red and green above, blue and yellow below: which way is up can be seen. `seed` makes others of it."""
    picture = Image.new("RGB", (width, height), RED)
    picture.paste(GREEN, (width // 2, 0, width, height // 2))
    picture.paste(BLUE, (0, height // 2, width // 2, height))
    picture.paste(YELLOW, (width // 2, height // 2, width, height))
    if seed:
        mark = (seed * 37 % 256, seed * 101 % 256, seed * 11 % 256)
        picture.paste(mark, (width // 2 - 6, height // 2 - 6, width // 2 + 6, height // 2 + 6))
    return picture


def exif(orientation: int | None = None, **tags: str) -> bytes:
    """EXIF with an orientation and any tags of the EXIF part by name, as in `DateTimeOriginal="…"`."""
    made = Image.Exif()
    made[ExifTags.Base.Make] = "Drawn"  # Pillow writes no EXIF part without a main part
    if orientation is not None:
        made[ExifTags.Base.Orientation] = orientation
    part = made.get_ifd(ExifTags.IFD.Exif)
    for name, value in tags.items():
        if name == "DateTime":
            made[ExifTags.Base.DateTime] = value
        else:
            part[ExifTags.Base[name]] = value
    return made.tobytes()


def encoded(picture: Image.Image | None = None, file_format: str = "JPEG", **options: object) -> bytes:
    """The bytes of a file of this format; options are Pillow's."""
    file = io.BytesIO()
    picture = picture or quarters()
    if file_format in {"JPEG", "WEBP", "AVIF", "HEIF"}:
        options.setdefault("quality", 95)
    picture.save(file, file_format, **options)
    return file.getvalue()


def photo(seed: int = 0, *, width: int = 96, height: int = 64, **tags: str) -> bytes:
    """A JPEG; another for each seed."""
    return encoded(quarters(width, height, seed=seed), exif=exif(None, **tags))


def write_photo(path: Path, seed: int = 0) -> Path:
    """A JPEG file, with the folders it lies in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(photo(seed))
    return path
