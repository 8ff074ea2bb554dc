"""The order of review questions: by the faces that an answer is expected to settle, likely ones first."""

from faces.services.reviewing.candidates import PLACES, Candidate, Kind

LIKELY = 0.5
"""Chance from which a question stands before all that are less likely, whatever they affect."""

UNLIKELY = 0.3
"""Chance below which a question comes only on request: most answers would change nothing."""


PRIOR_ODDS = {Kind.SAME_PERSON: 0.06, Kind.IS_NAME: 0.25, Kind.AGAIN: 0.02}
"""Odds of a yes before the faces are compared; of the calibration, half of whose pairs are one person, 1.

What a grouping left apart is more often two people than one, and hardly anybody is in a photo twice.
benchmarks/review_order.py measures how often the answers are yes.
"""

UNCLEAR = frozenset({Kind.KNOWN, Kind.IS_FACE})
"""Kinds of questions about what may be no people that anybody knows, and no faces."""


def chance(one: Candidate) -> float:
    """Return the chance 0..1 that the answer to a question changes something.

    Most questions change something when the answer is yes. A group that may be mixed and faces that may be
    none change with a no, and every answer about a person twice in a photo settles it.
    """
    match one.kind:
        case Kind.MIXED:
            return 1 - one.probability
        case Kind.IS_FACE:
            return 1 - one.probability ** len(one.faces)
        case Kind.TWICE | Kind.KNOWN:
            return 1.0
        case _:
            yes = _odds(one.probability) * PRIOR_ODDS[one.kind]
            rival = _odds(one.rival) * PRIOR_ODDS[one.kind]
            return yes / (yes + rival + 1)


def _odds(probability: float) -> float:
    return probability / max(1 - probability, 1e-6)


def expected(one: Candidate) -> float:
    """Return the number of faces that an answer is expected to settle."""
    if one.kind is Kind.IS_FACE:
        return one.settles * (1 - one.probability)
    return one.settles * chance(one)


def likely_enough(one: Candidate) -> bool:
    """Return whether a question comes without a request. Operators' questions always do."""
    return one.from_operator or chance(one) >= UNLIKELY


def _tier(one: Candidate) -> int:
    """Return 0 for likely questions, 1 for those about unclear faces, 2 for others."""
    if one.kind in UNCLEAR:
        return 1
    return 0 if chance(one) >= LIKELY else 2


def order_of(one: Candidate) -> tuple[float, ...]:
    """Return the sort key of a question: operators' first, then likely ones, then by faces to settle."""
    return (
        not one.from_operator,
        _tier(one),
        -expected(one),
        PLACES[one.kind],
        *one.people,
        *one.faces,
    )
