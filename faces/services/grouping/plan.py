"""Plan what a grouping does to an owner's people, before anything is changed."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from faces.services.grouping.constraints import OwnerFaces
from faces.vision.grouping.clustering import Grouping
from faces.vision.grouping.rules import UNASSIGNED


@dataclass(frozen=True, slots=True)
class Redistribution:
    """Faces that were with one person and will be with several, or with another: person id -> how many.

    A negative id is a new person. `name` is empty for somebody without one.
    """

    person_id: int
    name: str
    into: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Plan:
    """The complete result of a grouping.

    moves: face id -> person id, None for unassigned, negative for a new person. made: number of new people,
    with the ids -1 to -made. splits: people whose faces go to several. joins: people all of whose faces go to
    others, mostly to one. names_lost: names without a face; always empty.
    faces, people, waiting: the resulting numbers of faces, people and unassigned faces.
    """

    moves: Mapping[int, int | None]
    made: int
    splits: list[Redistribution]
    joins: list[Redistribution]
    names_lost: list[str]
    faces: int
    people: int
    waiting: int
    parameters: dict[str, Any] = field(default_factory=dict)

    def lines(self) -> list[str]:
        """The plan for a terminal."""
        return [
            f"{self.faces} faces: {self.people} people, {self.waiting} waiting",
            f"faces that move: {len(self.moves)}",
            f"people that split: {len(self.splits)}",
            *(f"  {_named(split)} into {_parts(split)}" for split in self.splits),
            f"people that join others: {len(self.joins)}",
            *(f"  {_named(join)} into {_parts(join)}" for join in self.joins),
            f"people that are new: {self.made}",
            f"names lost: {len(self.names_lost)}",
        ]


def plan_build(
    faces: OwnerFaces, grouping: Grouping, *, names: Mapping[int, str], decided: Collection[int]
) -> Plan:
    """Turn groups into moves of faces.

    names: person id -> name, of those that have one. decided: ids of people with a decision (a name,
    that they are hidden): they are found again before all others.
    """
    person_of = people_of_groups(grouping.labels, faces, decided=decided)
    new = sorted(set(grouping.labels.tolist()) - {UNASSIGNED} - set(person_of))
    # People without a row yet go by negative ids, among which UNASSIGNED would be one.
    numbers = {group: -2 - number for number, group in enumerate(new)} | person_of
    targets = np.asarray(
        [numbers.get(group, UNASSIGNED) for group in grouping.labels.tolist()], dtype=np.int64
    )
    targets = _within_facts(targets, faces)
    left = {int(target): -1 - number for number, target in enumerate(_made(targets))}
    moves = {
        face_id: None if target == UNASSIGNED else left.get(target, target)
        for face_id, now, target in zip(
            faces.ids.tolist(), faces.people.tolist(), targets.tolist(), strict=True
        )
        if target != now
    }
    splits, joins = _partings(faces.people, targets, left, names)
    before, after = set(faces.people.tolist()), set(targets.tolist())
    return Plan(
        moves=moves,
        made=len(left),
        splits=splits,
        joins=joins,
        names_lost=[name for person, name in names.items() if person in before - after],
        faces=len(faces.ids),
        people=len(after - {UNASSIGNED}),
        waiting=int((targets == UNASSIGNED).sum()),
        parameters=grouping.parameters,
    )


def people_of_groups(
    labels: NDArray[np.int64], faces: OwnerFaces, *, decided: Collection[int]
) -> dict[int, int]:
    """Match groups with the people they continue: group -> person id, without new groups.

    A group with a confirmed face is that person. Of the others, the one that shares most faces with a person
    is matched first, people with decisions before others; each person is matched once, and never with
    a group that has a face rejected for them.
    """
    taken: dict[int, int] = {}
    known = zip(labels.tolist(), faces.known.tolist(), strict=True)
    taken.update((group, person) for group, person in known if UNASSIGNED not in {group, person})
    shared = Counter(
        (group, person)
        for group, person in zip(labels.tolist(), faces.people.tolist(), strict=True)
        if UNASSIGNED not in {group, person}
    )
    first = set(decided)
    claims = sorted(
        shared.items(), key=lambda item: (item[0][1] not in first, -item[1], item[0][1], item[0][0])
    )
    refused = {(int(labels[index]), person) for index, person in faces.refused}
    used = set(taken.values())
    for (group, person), _count in claims:
        if group not in taken and person not in used and (group, person) not in refused:
            taken[group] = person
            used.add(person)
    return taken


def _within_facts(targets: NDArray[np.int64], faces: OwnerFaces) -> NDArray[np.int64]:
    """Apply the decisions of the owner, which outweigh the computed groups.

    Confirmed and rejected people hold. Of several assignments of one person in a photo the former one stays,
    and none beside a confirmed face.
    """
    result = np.where(faces.known != UNASSIGNED, faces.known, targets)
    for index, person in faces.refused:
        if result[index] == person:
            result[index] = UNASSIGNED
    placed = np.flatnonzero((result != UNASSIGNED) & ~faces.repeats)
    guessed = faces.known[placed] == UNASSIGNED
    moved = faces.people[placed] != result[placed]
    order = placed[np.lexsort((placed, moved, guessed, result[placed], faces.photos[placed]))]
    again = np.zeros(len(order), dtype=bool)
    again[1:] = (faces.photos[order[1:]] == faces.photos[order[:-1]]) & (
        result[order[1:]] == result[order[:-1]]
    )
    beside = order[again]
    result[beside[faces.known[beside] == UNASSIGNED]] = UNASSIGNED
    return result


def _made(targets: NDArray[np.int64]) -> list[int]:
    """The new people, in the order of the groups; one may have lost all its faces to facts."""
    return sorted((target for target in set(targets.tolist()) if target < UNASSIGNED), reverse=True)


def _partings(
    before: NDArray[np.int64], after: NDArray[np.int64], left: Mapping[int, int], names: Mapping[int, str]
) -> tuple[list[Redistribution], list[Redistribution]]:
    goes: dict[int, Counter[int]] = defaultdict(Counter)
    for now, target in zip(before.tolist(), after.tolist(), strict=True):
        if UNASSIGNED not in {now, target}:
            goes[now][left.get(target, target)] += 1
    partings = [Redistribution(person, names.get(person, ""), goes[person]) for person in sorted(goes)]
    stay = set(after.tolist())
    return (
        [parting for parting in partings if len(parting.into) > 1],
        [parting for parting in partings if parting.person_id not in stay],
    )


def _named(parting: Redistribution) -> str:
    return parting.name or f"person {parting.person_id}"


def _parts(parting: Redistribution) -> str:
    return ", ".join(
        f"{'a new person' if person < 0 else f'person {person}'} ({count})"
        for person, count in sorted(parting.into.items(), key=lambda item: (-item[1], item[0]))
    )
