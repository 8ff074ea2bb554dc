"""Pairs of groups that a grouping left apart out of caution: the review asks instead.

Two such groups are one person more often than other pairs of groups that are left apart, so they are a
question already when they are less alike:

- Groups that are so near that a single face would have joined, but have many faces each (`JoinRule.many`):
  most are sisters, brothers, or people who look alike.
- Groups with years between their photos: a child may have become another face, or be its sibling (see
  `vision.grouping.growth`).
"""

from collections.abc import Sequence
from datetime import timedelta

from django.db.models import Max, Min

from faces.models import Face
from faces.services.people.index import Group, PeopleIndex
from faces.vision.grouping.growth import GAP, LEAST_FACES
from faces.vision.profiles import profile_of

NEAR_ODDS = 0.25
"""Odds of a yes, before the faces are compared, for groups as near as a single face may be. On five albums
one of seven such pairs was one person."""

YEARS_ODDS = 1.0
"""The same for groups with years between them: what they looked like in the meantime is not known."""

LEAST_LIKELY = 0.3
"""Least probability of the same person at which the years between two groups are looked up."""

Pair = tuple[Group, Group, float]


def odds_of(known: PeopleIndex, pairs: Sequence[Pair]) -> list[float | None]:
    """Return the odds of each pair, or None for one that was not left apart out of caution.

    pairs: two groups and the probability that they are one person.
    """
    near = known.calibration.probability(profile_of(known.embedder).join_rule.distance)
    likely = [pair for pair in pairs if pair[2] >= LEAST_LIKELY and _enough(pair)]
    years = _years_apart(likely)
    odds: list[float | None] = []
    for pair in pairs:
        one, other, probability = pair
        if (one.person_id, other.person_id) in years:
            odds.append(YEARS_ODDS)
        else:
            odds.append(NEAR_ODDS if probability >= near and _enough(pair) else None)
    return odds


def _enough(pair: Pair) -> bool:
    """Return whether both groups have so many faces that their mean says how the person looks."""
    return min(pair[0].faces, pair[1].faces) >= LEAST_FACES


def _years_apart(pairs: Sequence[Pair]) -> set[tuple[int, int]]:
    """Return the pairs of ids of groups that are years apart."""
    people = {group.person_id for one, other, _probability in pairs for group in (one, other)}
    if not people:
        return set()
    times = {
        person_id: (first, last)
        for person_id, first, last in Face.objects.filter(person__in=people, dismissed=False, binned=False)
        .order_by()
        .values("person_id")
        .annotate(first=Min("image__captured_at"), last=Max("image__captured_at"))
        .filter(first__isnull=False)
        .values_list("person_id", "first", "last")
    }
    gap = timedelta(days=365.25 * GAP)
    found = set()
    for one, other, _probability in pairs:
        mine, theirs = times.get(one.person_id), times.get(other.person_id)
        if mine and theirs and max(mine[0], theirs[0]) - min(mine[1], theirs[1]) >= gap:
            found.add((one.person_id, other.person_id))
    return found
