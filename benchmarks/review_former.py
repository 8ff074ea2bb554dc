"""The former order of the review queue, for comparison."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from faces.services.reviewing.kinds import Candidate


def former_candidates(known: Any) -> list[Candidate]:
    """Return the candidates in the former order: most faces first, faces that may be none one by one."""
    from faces.services.reviewing import candidates, poor_faces
    from faces.services.reviewing.mixed_groups import mixed_questions

    found = mixed_questions(known, without=[]) + candidates.same_person(known)
    found += candidates.twice_in_a_photo(known)
    found += candidates.is_name_or_again(known, candidates.best_unassigned(known))
    pages = poor_faces.is_face(known, without=found)
    found += [replace(page, faces=(face_id,), settles=1) for page in pages for face_id in page.faces]
    kinds = ("same", "mixed", "twice", "again", "name", "face")

    def place(one: Candidate) -> tuple[float, ...]:
        likely = one.probability if one.kind in {"face", "mixed"} else -one.probability
        return (-one.settles, kinds.index(one.kind), likely, *one.people, *one.faces)

    return sorted(found, key=place)
