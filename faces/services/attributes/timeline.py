"""The age of a person over time: points for a chart, and the year of birth that estimates agree on."""

from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from django.db.models import F

from faces.models import Face, Person
from faces.services.attributes.ages import known_age
from faces.vision.models.age_gender import age_range

MOST_POINTS = 200
LEAST_DAYS = 365
"""Days between the first and the last photo of a chart: within a year there is little to see."""

LEAST_ESTIMATES = 3
"""Estimates from which a year of birth is given: one alone may be off by ten years."""

DAYS_OF_YEAR = 365.2425


@dataclass(frozen=True, slots=True)
class AgePoint:
    """The age in years on the day of a photo, with its range if it is estimated."""

    on: date
    age: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class AgeTimeline:
    """The ages of a person by date.

    estimated: from the faces; otherwise computed from the birth date. born: the birth date, or the day before
    which half of the estimates put it; None for too few estimates.
    """

    points: tuple[AgePoint, ...]
    estimated: bool
    born: date | None

    @property
    def spread(self) -> bool:
        """Return whether the dates are far enough apart for a chart."""
        return (self.points[-1].on - self.points[0].on).days >= LEAST_DAYS


def age_timeline(person: Person, *, count: int) -> AgeTimeline | None:
    """Return the ages of a person on their dated photos, or None without any.

    With a known birth date nothing is estimated. Of many faces, some `MOST_POINTS` are taken.
    count: the number of their faces.
    """
    faces = Face.objects.present().filter(person=person, image__captured_at__isnull=False)
    step = max(1, count // MOST_POINTS)
    # By their ids, which have nothing to do with their dates.
    faces = faces.annotate(turn=F("pk") % step).filter(turn=0).order_by("image__captured_at", "pk")
    born = person.birth_date
    if born is not None:
        moments = faces.values_list("image__captured_at", flat=True)
        days = sorted({at.date() for at in moments if at and known_age(born, at) is not None})
        points = [AgePoint(day, *[(day - born).days / DAYS_OF_YEAR] * 3) for day in days]
        return AgeTimeline(tuple(points), estimated=False, born=born) if points else None
    rows = faces.filter(attributes__age__isnull=False).values_list(
        "image__captured_at", "attributes__age", "attributes__model"
    )
    points = [
        AgePoint(at.date(), float(age or 0), *age_range(age or 0, model=model))
        for at, age, model in rows
        if at
    ]
    if not points:
        return None
    return AgeTimeline(tuple(points), estimated=True, born=_born(points))


def _born(points: list[AgePoint]) -> date | None:
    if len(points) < LEAST_ESTIMATES:
        return None
    first_day = date.min.toordinal()
    middle = median(point.on.toordinal() - point.age * DAYS_OF_YEAR for point in points)
    return date.min + timedelta(days=max(0, round(middle) - first_day))
