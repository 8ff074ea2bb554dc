"""When photos were taken: as their files say it, or as their owner does, whose word wins."""

from albums.imaging import Capture, CaptureSource
from albums.imaging.capture import capture_of_text
from albums.models import Image

FIELDS = ("captured_at", "captured_offset", "captured_has_time", "captured_source", "facts")
LONGEST_TEXT = 40
# The key of `Image.facts` with the date of the file while the owner's is in force.
FILE_FACT = "captured"
UNKNOWN = ""


class ImplausibleDate(ValueError):
    """A text that is no date, or one before photography or in the future."""


def capture_of_owner(text: str) -> Capture:
    """Return what an owner says: ISO 8601, a date alone or with a time. Raises ImplausibleDate."""
    known = len(text) <= LONGEST_TEXT
    captured = capture_of_text(text.strip(), CaptureSource.OWNER) if known else None
    if captured is None:
        raise ImplausibleDate(text)
    return captured


def owner_capture(image: Image) -> str | None:
    """Return the owner's date as ISO 8601, `UNKNOWN`, or None while the file's is in force."""
    if image.captured_source != CaptureSource.OWNER:
        return None
    return image.captured.text if image.captured else UNKNOWN


def image_set_owner_capture(image: Image, value: str | None) -> None:
    """Put what `owner_capture` returns in force; `image` is not saved. Raises ImplausibleDate."""
    if value is None:
        if image.captured_source == CaptureSource.OWNER:
            image.captured = file_capture(image)
            image.facts = {name: value for name, value in image.facts.items() if name != FILE_FACT}
        return
    captured = capture_of_owner(value) if value else None
    if image.captured_source != CaptureSource.OWNER:
        image.facts = {**image.facts, FILE_FACT: _stored(image.captured)}
    image.captured = captured
    image.captured_source = CaptureSource.OWNER


def image_set_file_capture(*, image: Image, captured: Capture | None) -> None:
    """Store the date of a photo's file in `image`, which is not saved. The owner's date stays in force."""
    if image.captured_source == CaptureSource.OWNER:
        image.facts = {**image.facts, FILE_FACT: _stored(captured)}
    else:
        image.captured = captured


def file_capture(image: Image) -> Capture | None:
    """Return the date of a photo's file, whether or not the owner's is in force."""
    if image.captured_source != CaptureSource.OWNER:
        return image.captured
    stored = image.facts.get(FILE_FACT)
    return capture_of_text(stored["at"], CaptureSource(stored["source"])) if stored else None


def _stored(captured: Capture | None) -> dict[str, str] | None:
    return {"at": captured.text, "source": captured.source} if captured else None
