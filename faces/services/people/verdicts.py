"""Record confirmations and rejections, and remove contradicting automatic assignments.

Call these within a change (see `history`), under the lock of the owner.
"""

from collections.abc import Collection, Iterable

from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Exists, F, OuterRef, Q

from faces.models import Face, Person, Verdict
from faces.services.core.bulk_assign import faces_move
from faces.services.history.history import change_author, change_widen

GUESSES_AGAINST_FACTS = """
WITH placed AS (
    SELECT face.id, face.person_id, face.dismissed, confirmed.person_id AS confirmed_id,
        EXISTS (
            SELECT 1 FROM faces_verdict refused
            WHERE refused.face_id = face.id AND refused.person_id = face.person_id AND refused.kind = 'is_not'
        ) AS refused,
        COALESCE(scan.person_repeats, FALSE) AS repeats,
        ROW_NUMBER() OVER (
            PARTITION BY face.image_id, face.person_id
            ORDER BY confirmed.id IS NULL, person.cover_id IS DISTINCT FROM face.id,
                face.quality DESC, face.id
        ) AS place
    FROM faces_face face
    JOIN albums_image image ON image.id = face.image_id
    JOIN faces_person person ON person.id = face.person_id
    LEFT JOIN faces_verdict confirmed ON confirmed.face_id = face.id AND confirmed.kind = 'is'
    LEFT JOIN faces_facescan scan ON scan.image_id = face.image_id
    WHERE image.owner_id = %(owner)s AND (%(people)s::bigint[] IS NULL OR person.id = ANY(%(people)s))
)
SELECT id FROM placed
WHERE confirmed_id IS NULL AND (dismissed OR refused OR (place > 1 AND NOT repeats))
"""
"""Automatic assignments that contradict a verdict, or that a person is once in a photo. Of several faces in
one photo the cover stays, or else the best face."""


def verdicts_confirm(*, face_ids: Collection[int], person: Person, by: User | None) -> None:
    """Confirm faces as this person, replacing earlier verdicts, and assign them."""
    verdicts = Verdict.objects.filter(face_id__in=face_ids)
    # Two queries: an "or" of two tables would read both whole.
    former = verdicts.values_list("person_id", flat=True)
    there = Face.objects.filter(pk__in=face_ids, person__isnull=False).values_list("person_id", flat=True)
    change_widen(faces=face_ids, people={person.pk, *former, *there} - {None})
    is_somebody_else = Q(kind=Verdict.Kind.IS) & ~Q(person=person)
    verdicts.filter(is_somebody_else | Q(kind=Verdict.Kind.IS_NOT, person=person)).delete()
    known = set(verdicts.filter(kind=Verdict.Kind.IS).values_list("face_id", flat=True))
    _say(sorted(set(face_ids) - known), person=person, kind=Verdict.Kind.IS, by=by)
    faces_move(dict.fromkeys(face_ids, person.pk))


def verdicts_reject(*, face_ids: Collection[int], person: Person, by: User | None) -> None:
    """Reject faces for this person, and unassign those that are with them."""
    change_widen(faces=face_ids, people=[person.pk])
    verdicts = Verdict.objects.filter(face_id__in=face_ids, person=person)
    verdicts.filter(kind=Verdict.Kind.IS).delete()
    known = set(verdicts.values_list("face_id", flat=True))
    _say(sorted(set(face_ids) - known), person=person, kind=Verdict.Kind.IS_NOT, by=by)
    Face.objects.filter(pk__in=face_ids, person=person).update(person=None)


def cover_confirm(*, person: Person, by: User | None) -> None:
    """Confirm the cover of a person, which is the best face when there is none yet."""
    if person.cover_id is None:
        change_widen(people=[person.pk])
        person.cover_id = best_face(person.pk)
        person.save(update_fields=["cover"])
    if person.cover_id is not None:
        verdicts_confirm(face_ids=[person.cover_id], person=person, by=by)


def best_face(person_id: int) -> int | None:
    """Return the best face for a cover, of the confirmed faces or else of all."""
    confirmed = Verdict.objects.filter(face=OuterRef("pk"), person_id=person_id, kind=Verdict.Kind.IS)
    theirs = Face.objects.present().filter(person_id=person_id).annotate(confirmed=Exists(confirmed))
    return theirs.order_by("-confirmed", "-quality", "pk").values_list("pk", flat=True).first()


def people_reconcile(*, owner_id: int, people: Iterable[int] | None) -> None:
    """Remove assignments that contradict verdicts, and give covers to those who need one.

    people: those whose faces or verdicts have changed, None for all of the owner's.
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
    """Return people whose cover is another person's face, and people who need a cover.

    Named and hidden people are shown by a face, and people with rejections are recognised by one.
    """
    rejections = Verdict.objects.filter(person=OuterRef("pk"), kind=Verdict.Kind.IS_NOT)
    elsewhere = Q(cover__isnull=False) & (
        Q(cover__person__isnull=True) | ~Q(cover__person=F("pk")) | Q(cover__dismissed=True)
    )
    needs_cover = ~Q(name="") | Q(hidden=True) | Q(birth_date__isnull=False) | Exists(rejections)
    needed = Q(cover__isnull=True) & needs_cover
    lacking = Person.objects.filter(elsewhere | needed, owner_id=owner_id).order_by("pk")
    return list(lacking if people is None else lacking.filter(pk__in=people))


def _say(face_ids: Collection[int], *, person: Person, kind: Verdict.Kind, by: User | None) -> None:
    author = change_author(by)
    Verdict.objects.bulk_create(
        [Verdict(face_id=face_id, person=person, kind=kind, by=author) for face_id in face_ids]
    )
