"""Record confirmations and rejections, and remove contradicting automatic assignments.

All of it happens within a change (see `journal`), under the lock of the owner.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Exists, F, OuterRef, Q

from faces.models import Face, Person, Verdict
from faces.services.core.bulk_assign import faces_move
from faces.services.history.history import change_author, change_widen

GUESSES_AGAINST_FACTS = """
WITH placed AS (
    SELECT face.id, face.person_id, face.dismissed, told.person_id AS told_id,
        EXISTS (
            SELECT 1 FROM faces_verdict refused
            WHERE refused.face_id = face.id AND refused.person_id = face.person_id AND refused.kind = 'is_not'
        ) AS refused,
        COALESCE(scan.person_repeats, FALSE) AS repeats,
        ROW_NUMBER() OVER (
            PARTITION BY face.image_id, face.person_id
            ORDER BY told.id IS NULL, person.cover_id IS DISTINCT FROM face.id, face.quality DESC, face.id
        ) AS place
    FROM faces_face face
    JOIN albums_image image ON image.id = face.image_id
    JOIN faces_person person ON person.id = face.person_id
    LEFT JOIN faces_verdict told ON told.face_id = face.id AND told.kind = 'is'
    LEFT JOIN faces_facescan scan ON scan.image_id = face.image_id
    WHERE image.owner_id = %(owner)s AND (%(people)s::bigint[] IS NULL OR person.id = ANY(%(people)s))
)
SELECT id FROM placed
WHERE told_id IS NULL AND (dismissed OR refused OR (place > 1 AND NOT repeats))
"""
"""Faces whose place is a guess that cannot be: with somebody they are not, or who is in that photo already.
Of several guesses in one photo the cover stays, or else the face that can be recognised best."""


def verdicts_confirm(*, face_ids: Collection[int], person: Person, by: User | None) -> None:
    """Confirm faces as this person, replacing earlier verdicts, and assign them."""
    said = Verdict.objects.filter(face_id__in=face_ids)
    # Two queries: an "or" of two tables would read both whole.
    told = said.values_list("person_id", flat=True)
    there = Face.objects.filter(pk__in=face_ids, person__isnull=False).values_list("person_id", flat=True)
    change_widen(faces=face_ids, people={person.pk, *told, *there} - {None})
    is_somebody_else = Q(kind=Verdict.Kind.IS) & ~Q(person=person)
    said.filter(is_somebody_else | Q(kind=Verdict.Kind.IS_NOT, person=person)).delete()
    known = set(said.filter(kind=Verdict.Kind.IS).values_list("face_id", flat=True))
    _say(sorted(set(face_ids) - known), person=person, kind=Verdict.Kind.IS, by=by)
    faces_move(dict.fromkeys(face_ids, person.pk))


def verdicts_reject(*, face_ids: Collection[int], person: Person, by: User | None) -> None:
    """Reject faces for this person, and unassign those that are with them."""
    change_widen(faces=face_ids, people=[person.pk])
    said = Verdict.objects.filter(face_id__in=face_ids, person=person)
    said.filter(kind=Verdict.Kind.IS).delete()
    known = set(said.values_list("face_id", flat=True))
    _say(sorted(set(face_ids) - known), person=person, kind=Verdict.Kind.IS_NOT, by=by)
    Face.objects.filter(pk__in=face_ids, person=person).update(person=None)


def cover_confirm(*, person: Person, by: User | None) -> None:
    """Say that the face which stands for a person is that person, choosing the best when none does yet."""
    if person.cover_id is None:
        change_widen(people=[person.pk])
        person.cover_id = best_face(person.pk)
        person.save(update_fields=["cover"])
    if person.cover_id is not None:
        verdicts_confirm(face_ids=[person.cover_id], person=person, by=by)


def best_face(person_id: int) -> int | None:
    """The face to stand for a person: of those that were confirmed, or else of all, the clearest."""
    confirmed = Verdict.objects.filter(face=OuterRef("pk"), person_id=person_id, kind=Verdict.Kind.IS)
    theirs = Face.objects.present().filter(person_id=person_id).annotate(confirmed=Exists(confirmed))
    return theirs.order_by("-confirmed", "-quality", "pk").values_list("pk", flat=True).first()


def people_reconcile(*, owner_id: int, people: Iterable[int] | None) -> None:
    """Remove assignments that contradict verdicts, and give covers to those who need one.

    `people` are those whose faces or facts have changed, None for all of the owner's.
    """
    concerned = None if people is None else sorted(set(people))
    with connection.cursor() as cursor:
        cursor.execute(GUESSES_AGAINST_FACTS, {"owner": owner_id, "people": concerned})
        leaving = [face_id for (face_id,) in cursor.fetchall()]
    if leaving:
        change_widen(faces=leaving)
        faces_move(dict.fromkeys(leaving))
    for person in people_lacking_cover(owner_id=owner_id, people=concerned):
        cover = best_face(person.pk)
        if cover != person.cover_id:
            change_widen(people=[person.pk])
            Person.objects.filter(pk=person.pk).update(cover_id=cover)


def people_lacking_cover(*, owner_id: int, people: list[int] | None = None) -> list[Person]:
    """Return people with a cover of somebody else, and those without one who need it.

    Who has a name or is hidden is shown by a face, and whom somebody is not is known by one.
    """
    said = Verdict.objects.filter(person=OuterRef("pk"), kind=Verdict.Kind.IS_NOT)
    elsewhere = Q(cover__isnull=False) & (
        Q(cover__person__isnull=True) | ~Q(cover__person=F("pk")) | Q(cover__dismissed=True)
    )
    told = ~Q(name="") | Q(hidden=True) | Q(birth_date__isnull=False) | Exists(said)
    needed = Q(cover__isnull=True) & told
    lacking = Person.objects.filter(elsewhere | needed, owner_id=owner_id).order_by("pk")
    return list(lacking if people is None else lacking.filter(pk__in=people))


def _say(face_ids: Collection[int], *, person: Person, kind: Verdict.Kind, by: User | None) -> None:
    author = change_author(by)
    Verdict.objects.bulk_create(
        [Verdict(face_id=face_id, person=person, kind=kind, by=author) for face_id in face_ids]
    )
