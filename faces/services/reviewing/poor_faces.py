"""Questions about detections that may be no faces, several on one page, and their answers."""

from collections.abc import Collection, Iterable, Sequence

from django.contrib.auth.models import User
from django.db.models import Q

from faces.exceptions import QuestionGone
from faces.messages import Message, message, message_plural
from faces.models import Change, Face
from faces.services.history.history import change_recorded
from faces.services.people.edits import faces_dismiss
from faces.services.people.index import PeopleIndex
from faces.services.reviewing.candidates import unassigned_shown
from faces.services.reviewing.kinds import Candidate, Kind

UNCERTAIN_SCORE = 0.75
"""Score from which a poor face counts as a face without a question."""

MOST_POOR_FACES = 500

FACES_A_PAGE = 9
"""Faces of a question. Nine ids of nine digits fit into the key of a skipped question."""


def is_face(
    known: PeopleIndex, *, without: Sequence[Candidate], pages: Iterable[Sequence[int]] = ()
) -> list[Candidate]:
    """Return pages of unassigned poor faces of a low detector score, the lowest first.

    without: questions whose faces are left out. pages: ids of the faces of earlier pages, which stay
    together, so that a page that is shown or was skipped is the same question.
    """
    rows = (
        unassigned_shown(known.owner)
        .filter(~Q(poor_reason=""), score__lt=UNCERTAIN_SCORE, drawn=False, verdicts__isnull=True)
        .order_by("score", "pk")
        .values_list("pk", "score")[:MOST_POOR_FACES]
    )
    scores = dict(rows)
    earlier = [there for page in pages if (there := [face_id for face_id in page if face_id in scores])]
    found = [_page(there, [scores[face_id] for face_id in there]) for there in earlier]
    excluded = {face_id for candidate in [*without, *found] for face_id in candidate.faces}
    others = [face_id for face_id in scores if face_id not in excluded]
    parts = (others[start : start + FACES_A_PAGE] for start in range(0, len(others), FACES_A_PAGE))
    return found + [_page(page, [scores[face_id] for face_id in page]) for page in parts]


def _page(face_ids: Sequence[int], scores: Sequence[float]) -> Candidate:
    return Candidate(Kind.IS_FACE, (), tuple(face_ids), len(face_ids), sum(scores) / len(scores))


def faces_sort(owner: User, *, face_ids: Sequence[int], none: Collection[int], by: User) -> Message:
    """Remove the faces of `none` and confirm the others as faces. Raises QuestionGone without any."""
    faces = list(Face.objects.visible_to(owner).unassigned().filter(pk__in=face_ids, drawn=False))
    removed = [face for face in faces if face.pk in none]
    real = [face.pk for face in faces if face.pk not in none]
    if not faces:
        raise QuestionGone
    if removed:
        faces_dismiss(faces=removed, by=by)
    if real:
        with change_recorded(owner=owner, by=by, kind=Change.Kind.ANSWERS, faces=real, people=()):
            # Like a drawn face, they stay whatever a detector finds.
            Face.objects.filter(pk__in=real).update(drawn=True)
    if not removed:
        if len(real) == 1:
            return message("Confirmed as a face")
        return message_plural("Confirmed %(count)s face", "Confirmed %(count)s faces", len(real))
    if len(removed) == 1:
        return message("Marked as not a face")
    return message_plural("Marked %(count)s as not a face", "Marked %(count)s as not faces", len(removed))
