"""The truthful answers to review questions about a composed album."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import harness
from ground_truth import people_in_truth, truth_read

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from faces.models import Face
    from faces.services.reviewing.answering import Answer


def tools() -> Path:
    """Return the folder of the album maker and the scorer, beside the test pictures."""
    return harness.pictures().parent / "tools"


class Oracle:
    """The true people of an owner's faces, and the truthful answers.

    who: the true person of each face by id; a face in the background of a picture has a name of its own.
    """

    def __init__(self, owner: User, folder: Path) -> None:
        """Compare the faces with the truth."""
        from faces.models import Face

        self.owner = owner
        self.known = people_in_truth(folder, owner.pk, tools() / "score_people.py")
        pictures: dict[str, list[tuple[float, float, float]]] = {}
        for row in truth_read(folder):
            place = float(row["cx"]), float(row["cy"]), float(row["size"])
            pictures.setdefault(row["photo"], []).append(place)
        faces = Face.objects.filter(image__owner=owner).select_related("image")
        self.real = {face.pk for face in faces if _in_a_picture(face, pictures)}

    def person(self, person_id: int) -> str:
        """Return who most known faces of a person are; empty for people in the background."""
        from faces.models import Face

        ids = Face.objects.filter(person=person_id).order_by("pk").values_list("pk", flat=True)
        return self.most(ids)

    def most(self, face_ids: Iterable[int]) -> str:
        """Return the most common person of these faces."""
        names = Counter(self.known[pk] for pk in face_ids if pk in self.known)
        return names.most_common(1)[0][0] if names else ""

    def answer(self, key: str, kind: str) -> tuple[Answer, list[int]] | None:
        """Return the truthful answer to a question, and marked faces; None where it is unknown."""
        from faces.services.reviewing.answering import Answer

        ids = [int(part) for part in key.split(":")[1:]]
        marked: list[int] = []
        match kind:
            case "same":
                first, second = (self.person(pk) for pk in ids)
                right = first == second
                unknown = not first and not second
            case "name":
                right, unknown = self.person(ids[0]) == self.known.get(ids[1], "?"), False
            case "mixed":
                first, second = self.known.get(ids[1], ""), self.known.get(ids[2], "")
                right, unknown = first == second, not first and not second
            case "face":
                marked = [pk for pk in ids if pk not in self.real]
                right, unknown = len(ids) > 1 or not marked, False
            case "twice" | "again":
                person = self.person(ids[0])
                are = [self.known.get(pk, "?") == person for pk in ids[1:]]
                if are == [False, True]:
                    return Answer.OTHER, []
                right, unknown = all(are), not person
            case _:
                # A group of poor faces: its user knows the people of the truth.
                right, unknown = bool(self.person(ids[0])), False
        if unknown:
            return None
        return (Answer.YES if right else Answer.NO), marked


def _in_a_picture(face: Face, pictures: dict[str, list[tuple[float, float, float]]]) -> bool:
    """Return whether a face lies in one of the composed pictures, where alone there are faces."""
    width, height = face.image.width or 0, face.image.height or 0
    x, y = (face.x + face.w / 2) * width, (face.y + face.h / 2) * height
    there = pictures.get(face.image.source_path, [])
    return any(abs(x - cx) <= size and abs(y - cy) <= size for cx, cy, size in there)
