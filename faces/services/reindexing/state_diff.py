"""Compare the states of an owner's people before and after a reindex."""

from collections import defaultdict
from dataclasses import dataclass

from faces.models import Face, Person, Verdict

Fact = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class PeopleState:
    """places: face id -> person id or None, dismissed faces left out. names: of the people that have one.

    hidden: people that are. covers: person id -> face id. verdicts: face id, person id, kind.
    """

    places: dict[int, int | None]
    names: dict[int, str]
    hidden: frozenset[int]
    covers: dict[int, int]
    verdicts: frozenset[Fact]


@dataclass(frozen=True, slots=True)
class PeopleDiff:
    """The differences between two states.

    new, gone: created and deleted faces. moved: faces assigned to another person; placed: assigned faces that
    were unassigned; released: unassigned faces that were assigned. split: people whose faces now belong to
    several; joined: people with the faces of several. names_lost: named people who were deleted, renamed,
    or lost a confirmed face. facts_lost: verdicts, hidden people and covers of named people that changed.
    """

    faces: int
    people: int
    waiting: int
    new: int
    gone: int
    moved: int
    placed: int
    released: int
    split: list[int]
    joined: list[int]
    names: int
    names_lost: int
    facts_lost: int


def people_state(owner_id: int) -> PeopleState:
    """The state now."""
    people = Person.objects.filter(owner_id=owner_id)
    faces = Face.objects.filter(image__owner_id=owner_id).present()
    verdicts = Verdict.objects.filter(person__owner_id=owner_id)
    return PeopleState(
        places=dict(faces.values_list("pk", "person_id")),
        names=dict(people.named().values_list("pk", "name")),
        hidden=frozenset(people.filter(hidden=True).values_list("pk", flat=True)),
        covers=dict(people.named().exclude(cover=None).values_list("pk", "cover_id")),
        verdicts=frozenset(verdicts.values_list("face_id", "person_id", "kind")),
    )


def difference(before: PeopleState, after: PeopleState) -> PeopleDiff:
    """Return the differences between two states."""
    stayed = before.places.keys() & after.places.keys()
    pairs = [(before.places[face], after.places[face]) for face in stayed]
    into: dict[int, set[int]] = defaultdict(set)
    out_of: dict[int, set[int]] = defaultdict(set)
    for old, new in pairs:
        if old is not None and new is not None:
            into[old].add(new)
            out_of[new].add(old)
    return PeopleDiff(
        faces=len(after.places),
        people=len(set(after.places.values()) - {None}),
        waiting=sum(person is None for person in after.places.values()),
        new=len(after.places.keys() - before.places.keys()),
        gone=len(before.places.keys() - after.places.keys()),
        moved=sum(None not in {old, new} and old != new for old, new in pairs),
        placed=sum(old is None and new is not None for old, new in pairs),
        released=sum(old is not None and new is None for old, new in pairs),
        split=sorted(person for person, parts in into.items() if len(parts) > 1),
        joined=sorted(person for person, parts in out_of.items() if len(parts) > 1),
        names=len(before.names),
        names_lost=len(_names_lost(before, after)),
        facts_lost=_facts_lost(before, after),
    )


def _names_lost(before: PeopleState, after: PeopleState) -> set[int]:
    lost = {person for person, name in before.names.items() if after.names.get(person) != name}
    confirmed = ((face, person) for face, person, kind in before.verdicts if kind == Verdict.Kind.IS)
    misplaced = {
        person
        for face, person in confirmed
        # Not with the person before either: nothing is lost.
        if before.places.get(face) == person and after.places.get(face) != person
    }
    return lost | (misplaced & before.names.keys())


def _facts_lost(before: PeopleState, after: PeopleState) -> int:
    covers = sum(after.covers.get(person) != face for person, face in before.covers.items())
    return len(before.verdicts - after.verdicts) + len(before.hidden - after.hidden) + covers
