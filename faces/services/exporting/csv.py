"""Faces and people as rows for other programs."""

from collections.abc import Iterator

from django.contrib.auth.models import User

from faces.models import Face

# What a spreadsheet takes for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
COLUMNS = ("photo", "x", "y", "w", "h", "person", "name", "state")


def people_rows(owner: User) -> Iterator[tuple[str | int, ...]]:
    """Return a row for each face, by photo and from left to right, with the columns of `COLUMNS`.

    photo is the path as it was imported, relative to the folder; x, y, w, h are whole pixels of the
    upright photo at full size. person is an id, empty for an unassigned face. state is named, grouped
    or waiting. A path or a name that a spreadsheet would run as a formula begins with an apostrophe.
    """
    faces = (
        Face.objects.visible_to(owner)
        .select_related("image", "person")
        .order_by("image__source_path", "image_id", "x", "pk")
    )
    for face in faces.iterator(chunk_size=2000):
        width, height = face.image.width or 0, face.image.height or 0
        person = face.person
        state = "waiting" if person is None else "named" if person.name else "grouped"
        yield (
            _as_text(face.image.source_path),
            round(face.x * width),
            round(face.y * height),
            max(1, round(face.w * width)),
            max(1, round(face.h * height)),
            "" if person is None else person.pk,
            "" if person is None else _as_text(person.name),
            state,
        )


def _as_text(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
