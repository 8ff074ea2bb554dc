"""The job that shows a person growing up: portraits by date, each becoming the next."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import cv2
import numpy as np
from django.contrib.auth.models import User
from django.utils import formats, translation
from django.utils.translation import gettext_lazy as _

from albums import imaging
from albums.exceptions import JobFailed
from albums.services.jobs.context import JobContext
from albums.services.jobs.kinds import JobKind, Values
from faces.error_messages import EFFECT_ERRORS
from faces.exceptions import EffectCode
from faces.models import Face, Person
from faces.querysets import FaceQuerySet
from faces.services.effects.morph import JPEG_QUALITY, animation_store
from faces.services.effects.portraits import MeshedFace, face_meshed
from faces.vision.effects.captions import captioned
from faces.vision.effects.framing import Portrait, common_share, frame
from faces.vision.effects.mesh import OVAL
from faces.vision.effects.morph import LARGEST_SIDE, SMALLEST_SIDE, WarpBackend

KIND = "growing_up"
FEWEST, MOST, DEFAULT = 2, 24, 12
DEFAULT_SIDE = 512
CANDIDATES = 3
"""Faces of each period that are looked at, best first, before the period stays empty."""
MOST_YAW = 22.0
DARKEST, BRIGHTEST = 45.0, 215.0
"""Mean grey level of a well-lit face, of 255."""
BETWEEN = 6
"""Pictures between two portraits."""
HOLD, STEP = 900, 60
"""Milliseconds of a portrait, and of a picture between two."""


@dataclass(frozen=True, slots=True)
class DatedPortrait:
    """A portrait with the time of its photo."""

    face: Face
    taken: datetime
    meshed: MeshedFace


def dated_faces(owner: User, person: Person) -> FaceQuerySet:
    """Return the faces of a person that are good enough, in photos with a date, the earliest first."""
    faces = Face.objects.visible_to(owner).present().filter(person=person, poor_reason="")
    return (
        faces.filter(image__captured_at__isnull=False)
        .select_related("image")
        .order_by("image__captured_at", "pk")
    )


def periods(faces: Iterable[Face], count: int) -> list[list[Face]]:
    """Return the best faces of each of `count` periods of equal length, best first.

    faces: in the order of their dates. The earliest and the latest are in the first and the last period;
    periods without a photo are left out. Of one photo there is one face.
    """
    rows = list(faces)
    if not rows:
        return []
    times = np.array([_taken(face).replace(tzinfo=UTC).timestamp() for face in rows])
    span = max(float(times[-1] - times[0]), 1.0)
    numbers = np.minimum(((times - times[0]) / span * count).astype(int), count - 1)
    groups: list[list[Face]] = [[] for _period in range(count)]
    for number, face in zip(numbers, rows, strict=True):
        groups[number].append(face)
    return [sorted(group, key=lambda face: -face.quality)[:CANDIDATES] for group in groups if group]


def growing_up_check(owner: User, inputs: Values, options: Values) -> None:
    """Check that the person is the owner's and has dated photos, and the options. Raises JobFailed."""
    growing_up_options(options)
    person = _person(owner, inputs)
    if dated_faces(owner, person)[:FEWEST].count() < FEWEST:
        raise JobFailed(EffectCode.FEW_PORTRAITS)


def growing_up_options(options: Values) -> tuple[int, int, bool]:
    """Return the number of portraits, the side in pixels, and whether dates are shown. Raises JobFailed."""
    portraits, side = options.get("portraits", DEFAULT), options.get("side", DEFAULT_SIDE)
    captions = options.get("captions", True)
    whole = all(isinstance(value, int) for value in (portraits, side))
    if not (whole and FEWEST <= portraits <= MOST and SMALLEST_SIDE <= side <= LARGEST_SIDE):
        raise JobFailed(EffectCode.OPTIONS, detail=f"{portraits} portraits of {side} pixels")
    return portraits, side, bool(captions)


def growing_up_run(context: JobContext) -> dict[str, Any]:
    """Show the person of the input `person` from the earliest photo to the latest."""
    count, side, captions = growing_up_options(context.options)
    person = _person(context.owner, context.inputs)
    found = list(_usable(context, periods(dated_faces(context.owner, person), count)))
    if len(found) < FEWEST:
        raise JobFailed(EffectCode.FEW_PORTRAITS)
    share = common_share(*((one.meshed.picture, one.meshed.mesh) for one in found))
    portraits = [frame(one.meshed.picture, one.meshed.mesh, side=side, share=share) for one in found]
    with translation.override(context.options.get("language") or None):
        dates = [formats.date_format(one.taken.date(), "YEAR_MONTH_FORMAT") for one in found]
    words = [_words(person, day, one.taken.date()) for day, one in zip(dates, found, strict=True)]
    pictures, times = [], []
    for number, portrait in enumerate(portraits):
        context.progress(0.5 + 0.2 * number / len(portraits), "frames")
        caption = words[number] if captions else ""
        shown = captioned(portrait.pixels, caption)
        jpeg = imaging.encode_jpeg(shown, quality=JPEG_QUALITY).data
        context.result(f"frame-{number:03}.jpg", jpeg, "image/jpeg")
        pictures.append(shown)
        times.append(HOLD)
        if number + 1 < len(portraits):
            between = [captioned(one, caption) for one in _between(portrait, portraits[number + 1])]
            pictures += between
            times += [STEP] * len(between)
    animation_store(context, pictures, times=times, step=STEP, name=KIND)
    return {
        "frames": len(portraits),
        "side": side,
        "step": HOLD,
        "captions": dates,
        "person": person.pk,
        "faces": [one.face.pk for one in found],
    }


def _between(first: Portrait, second: Portrait) -> Iterator[np.ndarray[Any, Any]]:
    morph = WarpBackend().prepare(first, second)
    for step in range(1, BETWEEN + 1):
        share = step / (BETWEEN + 1)
        yield morph.at(share, share)


def _usable(context: JobContext, groups: list[list[Face]]) -> Iterator[DatedPortrait]:
    """Yield the first face of each period that looks at the camera and is well lit."""
    used: set[int] = set()
    for number, group in enumerate(groups):
        context.progress(0.5 * number / len(groups), "faces")
        for face in group:
            if face.image_id in used:
                continue
            try:
                meshed = face_meshed(face, which=1)
            except JobFailed as failed:
                if failed.code == EffectCode.NO_MODEL:
                    raise
                continue
            if abs(meshed.mesh.yaw) <= MOST_YAW and DARKEST <= brightness(meshed) <= BRIGHTEST:
                used.add(face.image_id)
                yield DatedPortrait(face, _taken(face), meshed)
                break


def brightness(meshed: MeshedFace) -> float:
    """Return the mean grey level of a face, 0..255."""
    oval = np.round(meshed.mesh.flat[list(OVAL)]).astype(np.int32)
    left, top, width, height = cv2.boundingRect(oval)
    left, top = max(left, 0), max(top, 0)
    part = meshed.picture[top : top + height, left : left + width]
    mask = np.zeros(part.shape[:2], dtype=np.uint8)
    cv2.fillConvexPoly(mask, oval - (left, top), 1)
    inside = part[mask > 0]
    return float(inside.mean()) if len(inside) else 0.0


def _words(person: Person, day: str, taken: date) -> str:
    """Return the caption: the month, and the age where the date of birth is known."""
    born = person.birth_date
    if born is None or born > taken:
        return day
    return f"{day} · {taken.year - born.year - ((taken.month, taken.day) < (born.month, born.day))}"


def _taken(face: Face) -> datetime:
    taken: datetime | None = face.image.captured_at
    if taken is None:
        message = f"photo {face.image_id} has no date"
        raise ValueError(message)
    return taken


def _person(owner: User, inputs: Values) -> Person:
    key = inputs.get("person")
    person = Person.objects.visible_to(owner).filter(pk=key).first() if isinstance(key, int) else None
    if person is None:
        raise JobFailed(EffectCode.PERSON_GONE)
    return person


GROWING_UP = JobKind(
    name=KIND,
    label=_("Growing up"),
    run=growing_up_run,
    check=growing_up_check,
    stages={
        "faces": _("Finding the faces…"),
        "frames": _("Drawing the frames…"),
        "files": _("Writing the animation…"),
    },
    errors=EFFECT_ERRORS,
    tool=KIND,
    result_template="studio/_frames.html",
    scripts=["js/frames.js"],
)
