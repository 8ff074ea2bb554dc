"""Kinds of review questions, and a question by its ids."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property


class Kind(StrEnum):
    """Kinds of questions, in the order of equal ones."""

    SAME_PERSON = "same"
    MIXED = "mixed"
    TWICE = "twice"
    AGAIN = "again"
    IS_NAME = "name"
    KNOWN = "known"
    IS_FACE = "face"


PLACES = {kind: place for place, kind in enumerate(Kind)}

PRIOR_ODDS = {Kind.SAME_PERSON: 0.06, Kind.IS_NAME: 0.25, Kind.AGAIN: 0.02}
"""Odds of a yes before the faces are compared; of the calibration, half of whose pairs are one person, 1.

What a grouping left apart is more often two people than one, and hardly anybody is in a photo twice.
benchmarks/review_order.py measures how often the answers are yes.
"""


@dataclass(frozen=True)
class Candidate:
    """A question by its ids.

    people: for SAME_PERSON the one that would stay, then the other; for others that person.
    faces: for TWICE the likelier one first; for AGAIN the assigned one first; for MIXED one of each side;
    for IS_FACE all faces of a page.
    settles: faces that one answer affects.
    probability: that the answer is yes; for TWICE and AGAIN that both are the same person; for IS_FACE the
    mean score of the faces.
    rival: for IS_NAME the probability that the face is the nearest of all other people.
    odds: of a yes before the faces are compared, if they differ from `PRIOR_ODDS` of the kind.
    shown: for MIXED the shown faces of each side. from_operator: an operator sent it.
    """

    kind: Kind
    people: tuple[int, ...]
    faces: tuple[int, ...]
    settles: int
    probability: float
    rival: float = 0.0
    odds: float | None = None
    shown: tuple[tuple[int, ...], ...] = ()
    from_operator: bool = False

    @cached_property
    def key(self) -> str:
        """The stable key of the question; answers refer to the order of its faces."""
        return ":".join(map(str, [self.kind, *sorted(self.people), *self.faces]))

    @cached_property
    def chance(self) -> float:
        """Return the chance 0..1 that the answer changes something.

        Most questions change something when the answer is yes. A group that may be mixed and faces that may
        be none change with a no, and every answer about a person twice in a photo settles it.
        """
        match self.kind:
            case Kind.MIXED:
                return 1 - self.probability
            case Kind.IS_FACE:
                return 1 - self.probability ** len(self.faces)
            case Kind.TWICE | Kind.KNOWN:
                return 1.0
            case _:
                prior = PRIOR_ODDS[self.kind] if self.odds is None else self.odds
                yes = _odds(self.probability) * prior
                rival = _odds(self.rival) * prior
                return yes / (yes + rival + 1)


def _odds(probability: float) -> float:
    return probability / max(1 - probability, 1e-6)
