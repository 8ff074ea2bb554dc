"""Ages and genders as they are shown: computed from a birth date where it is known, else estimated."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Case, F, Func, IntegerField, Q, When

from faces.models import Face, FaceAttributes
from faces.querysets import FaceQuerySet
from faces.vision.models.age_gender import ADULT, GENDER_FROM, age_range
from faces.vision.weights.age_gender_check import NAME

OLDEST = 130
"""More years than anyone has lived."""


@dataclass(frozen=True, slots=True)
class Age:
    """An age in whole years, with the range that holds the true one in 80 % of the cases.

    Of a known birth date: not estimated, and the range is that one age.
    """

    years: int
    low: int
    high: int
    estimated: bool


@dataclass(frozen=True, slots=True)
class Gender:
    """An estimated gender. probability: that it is right, 0..1."""

    male: bool
    probability: float


def face_age(face: Face) -> Age | None:
    """Return the age of a face when its photo was taken, or None if nothing tells it.

    face: with its person, photo and estimates; see `FaceQuerySet.with_attributes`.
    """
    years = known_age(face.person.birth_date if face.person else None, face.image.captured_at)
    if years is not None:
        return Age(years, years, years, estimated=False)
    estimates = estimates_of(face)
    if estimates is None or estimates.age is None:
        return None
    return estimated_age(estimates.age, model=estimates.model)


def face_gender(face: Face) -> Gender | None:
    """Return the estimated gender of an adult's face, or None: for children, and where it is uncertain."""
    estimates, age = estimates_of(face), face_age(face)
    if estimates is None or estimates.male is None or age is None or age.years < ADULT:
        return None
    probability = max(estimates.male, 1 - estimates.male)
    return Gender(estimates.male > 0.5, probability) if probability >= GENDER_FROM else None


def estimates_of(face: Face) -> FaceAttributes | None:
    """Return the stored estimates of a face, or None."""
    found: FaceAttributes | None = getattr(face, "attributes", None)
    return found


def estimated_age(age: float, *, model: str = NAME) -> Age:
    """Return an estimated age in years with the range of its model."""
    low, high = age_range(age, model=model)
    return Age(round(age), low, high, estimated=True)


def known_age(born: date | None, captured_at: datetime | None) -> int | None:
    """Return the age in whole years on the day of a photo; None if a date is unknown, or before birth."""
    if born is None or captured_at is None:
        return None
    on = captured_at.date()
    return None if on < born else years_between(born, on)


def years_between(born: date, on: date) -> int:
    """Return the age in whole years on a day."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def faces_aged(faces: FaceQuerySet, spans: Iterable[tuple[int, int]]) -> Any:
    """Return the faces of people who were as old as any of these spans of years has it, both ends within.

    As `face_age`: by the birth date where it is known, else by the estimate.
    """
    born = Q(person__birth_date__isnull=False, image__captured_at__gte=F("person__birth_date"))
    years: Func = Func(
        F("image__captured_at"),
        F("person__birth_date"),
        template="extract(year FROM age(%(expressions)s))::int",
        output_field=IntegerField(),
    )
    aged = faces.annotate(known_years=Case(When(born, then=years)))
    condition = Q(pk__in=[])
    for low, high in spans:
        known = Q(known_years__gte=low, known_years__lte=high)
        # Rounded as it is shown.
        estimated = Q(known_years=None, attributes__age__gte=low - 0.5, attributes__age__lt=high + 0.5)
        condition |= known | estimated
    return aged.filter(condition)
