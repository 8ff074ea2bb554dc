"""The order of review questions: by the faces that an answer is expected to settle, likely ones first."""

from faces.services.reviewing.kinds import PLACES, Candidate, Kind

LIKELY = 0.5
"""Chance from which a question stands before all that are less likely, whatever they affect."""

UNLIKELY = 0.3
"""Chance below which a question comes only on request: most answers would change nothing."""

UNCLEAR = frozenset({Kind.KNOWN, Kind.IS_FACE})
"""Kinds of questions about what may be no people that anybody knows, and no faces."""


def likely_enough(one: Candidate) -> bool:
    """Return whether a question comes without a request. Operators' questions always do."""
    return one.from_operator or one.chance >= UNLIKELY


def order_of(one: Candidate) -> tuple[float, ...]:
    """Return the sort key of a question: operators' first, then likely ones, then by faces to settle."""
    return (
        not one.from_operator,
        _tier(one),
        -_expected(one),
        PLACES[one.kind],
        *one.people,
        *one.faces,
    )


def _tier(one: Candidate) -> int:
    """Return 0 for likely questions, 1 for those about unclear faces, 2 for others."""
    if one.kind in UNCLEAR:
        return 1
    return 0 if one.chance >= LIKELY else 2


def _expected(one: Candidate) -> float:
    """Return the number of faces that an answer is expected to settle."""
    if one.kind is Kind.IS_FACE:
        return one.settles * (1 - one.probability)
    return one.settles * one.chance
