"""The review of one group: its dendrogram, its cuts, its faces with a grant, and the actions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from albums.admin.base import operator
from albums.admin_site import page, page_response
from albums.services.accounts.operators import pictures_granted
from albums.services.core.row_ids import row_id
from faces.admin.review import WORTH_A_LOOK, quality_label
from faces.exceptions import PeopleError
from faces.http import crop_response
from faces.models import ClusterQuality, Face, OperatorQuestion, Person
from faces.services.people.index import people_index
from faces.services.reviewing.cluster_quality import (
    CutOfGroup,
    Sheet,
    cluster_quality_update,
    cut_of,
    group_sheet,
)
from faces.services.reviewing.kinds import Kind
from faces.services.reviewing.mixed_groups import operator_questions
from faces.services.reviewing.operator_review import (
    cut_question_send,
    group_confirm,
    group_split,
    groups_merge,
    merge_candidates,
    merge_question_send,
    operator_undo,
    question_withdraw,
    undoable_by,
)

FACES_SHOWN = 120
"""Faces shown of each side."""

CUTS_SHOWN = 5
OUTLIER = 0.9
"""HDBSCAN outlier score from which a face is marked."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A face of the contact sheet with its HDBSCAN outlier score."""

    face: Face
    outlier: float

    @property
    def stands_out(self) -> bool:
        """Return whether the outlier score is high."""
        return self.outlier >= OUTLIER


@dataclass(frozen=True, slots=True)
class Side:
    """One side of the selected cut; total: its number of faces, of which a part is shown."""

    title: str
    faces: Sequence[Shown]
    total: int


@dataclass(frozen=True, slots=True)
class Sent:
    """A question about this group that was sent to the owner. open: not answered yet."""

    key: str
    words: str
    open: bool


@dataclass(frozen=True, slots=True)
class Join:
    """A group that may be the same person; question_sent: the owner was sent the question."""

    person: Person
    probability: float
    faces: int
    cover: int | None
    question_sent: bool


@page("cluster-review/<int:pk>/", name="group")
@require_safe
def group(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a group. GET: cut, the key of the selected cut, by default the first."""
    who = operator(request)
    person = get_object_or_404(Person.objects.select_related("owner", "cover"), pk=pk)
    granted = pictures_granted(owner_id=person.owner_id, operator=who)
    sheet = group_sheet(person)
    cut = None if sheet is None else _selected_cut(sheet, request.GET.get("cut", ""))
    known = people_index(person.owner)
    sent = OperatorQuestion.objects.filter(owner=person.owner, about=person.pk)
    context = {
        "person": person,
        "granted": granted,
        "sheet": sheet,
        "cut": cut,
        "looks": quality_label(sheet.quality.excess) if sheet else "",
        "cuts": [] if sheet is None else _worth_showing(sheet, cut),
        "sides": _sides(sheet, cut) if sheet and granted else [],
        "joins": _joins(merge_candidates(known, person), sent),
        "sent": _sent(sent, open_keys={one.key for one in operator_questions(known)}),
        "undoable": undoable_by(owner=person.owner, operator=who),
        "next": _next_group(person),
    }
    name = person.name if granted and person.name else f"Group {person.pk}"
    return page_response(
        admin.site, request, "admin/pages/group.html", title=name, subtitle="Cluster review", **context
    )


@page("cluster-review/<int:pk>/do/", name="group_do")
@require_POST
def group_do(request: HttpRequest, pk: int) -> HttpResponse:
    """Perform an action on a group. POST: do, and its parameter: cut, other or key."""
    who = operator(request)
    person = get_object_or_404(Person.objects.select_related("owner"), pk=pk)
    action = ACTIONS.get(request.POST.get("do", ""))
    if action is None:
        raise Http404
    try:
        messages.success(request, action(request, person, who))
    except PeopleError as error:
        messages.error(request, str(error))
    if Person.objects.filter(pk=person.pk).exists():
        return redirect("admin:group", person.pk)
    return redirect("admin:faces_clusterquality_changelist")


@page("cluster-review/faces/<int:pk>.jpg", name="group_face")
@require_http_methods(["GET", "HEAD"])
def group_face(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Return the picture of a face. Without a grant, 404."""
    who = operator(request)
    face = get_object_or_404(Face.objects.select_related("image").exclude(crop=""), pk=pk)
    if not pictures_granted(owner_id=face.image.owner_id, operator=who):
        raise Http404
    # Not cached as immutable: a grant can be withdrawn.
    return crop_response(request, face, stored=False)


def _confirm(_request: HttpRequest, person: Person, who: User) -> str:
    if group_confirm(person=person, by=who) is None:
        return "All these faces are already confirmed."
    cluster_quality_update(people=[person])
    return "Confirmed: all these faces are one person."


def _split(request: HttpRequest, person: Person, who: User) -> str:
    other = group_split(person=person, cut=request.POST.get("cut", ""), by=who)
    cluster_quality_update(people=[person, other])
    return f"Split: group {other.pk} is now a separate person."


def _merge(request: HttpRequest, person: Person, who: User) -> str:
    other = _other(request, person)
    groups_merge(into=person, other=other, by=who)
    cluster_quality_update(people=[person])
    return "Merged"


def _send_cut(request: HttpRequest, person: Person, who: User) -> str:
    cut_question_send(person=person, cut=request.POST.get("cut", ""), by=who)
    return "Sent to the owner's review queue."


def _send_join(request: HttpRequest, person: Person, who: User) -> str:
    merge_question_send(person=person, other=_other(request, person), by=who)
    return "Sent to the owner's review queue."


def _withdraw(request: HttpRequest, person: Person, _who: User) -> str:
    question_withdraw(person=person, key=request.POST.get("key", ""))
    return "Question withdrawn."


def _undo(_request: HttpRequest, person: Person, who: User) -> str:
    change = operator_undo(owner=person.owner, by=who)
    again = Person.objects.filter(pk=person.pk).first()
    if again is not None:
        cluster_quality_update(people=[again])
    return f"Undone: {change.summary}."


ACTIONS: dict[str, Callable[[HttpRequest, Person, User], str]] = {
    "confirm": _confirm,
    "split": _split,
    "merge": _merge,
    "ask-cut": _send_cut,
    "ask-join": _send_join,
    "unask": _withdraw,
    "undo": _undo,
}


def _other(request: HttpRequest, person: Person) -> Person:
    return get_object_or_404(Person, pk=row_id(request.POST.get("other")), owner_id=person.owner_id)


def _selected_cut(sheet: Sheet, key: str) -> CutOfGroup | None:
    first = sheet.cuts[0] if sheet.cuts else None
    return cut_of(sheet, key) or first


def _worth_showing(sheet: Sheet, selected: CutOfGroup | None) -> list[CutOfGroup]:
    """Return the suspected and nearly suspected cuts, at least the first, and the selected one."""
    near = [cut for cut in sheet.cuts if cut.excess > WORTH_A_LOOK] or list(sheet.cuts[:1])
    shown = near[:CUTS_SHOWN]
    return shown if selected is None or selected in shown else [*shown, selected]


def _sides(sheet: Sheet, cut: CutOfGroup | None) -> list[Side]:
    """Return the contact sheet: the smaller side of the cut first, each side with its outliers first."""
    outliers = {
        sheet.face_ids[at]: float(score)
        for at, score in zip(sheet.sampled, sheet.quality.outliers.tolist(), strict=True)
    }
    smaller = set(cut.face_ids) if cut is not None else set()
    parts = {
        "Smaller side": [face_id for face_id in sheet.face_ids if face_id in smaller],
        "Larger side" if smaller else "All faces": [
            face_id for face_id in sheet.face_ids if face_id not in smaller
        ],
    }
    shown = {
        title: sorted(ids, key=lambda face_id: -outliers.get(face_id, 0.0))[:FACES_SHOWN]
        for title, ids in parts.items()
    }
    faces = Face.objects.in_bulk([face_id for ids in shown.values() for face_id in ids])
    return [
        Side(title, [Shown(faces[one], outliers.get(one, 0.0)) for one in ids], total=len(parts[title]))
        for title, ids in shown.items()
        if ids
    ]


def _sent(questions: QuerySet[OperatorQuestion], *, open_keys: set[str]) -> list[Sent]:
    def words(one: OperatorQuestion) -> str:
        if one.key.startswith(f"{Kind.MIXED}:"):
            return f"Are the {one.settles} faces on the smaller side someone else?"
        return f"Are groups {' and '.join(one.key.split(':')[1:])} the same person?"

    return [Sent(one.key, words(one), one.key in open_keys) for one in questions]


def _joins(found: Sequence[tuple[int, float]], sent: QuerySet[OperatorQuestion]) -> list[Join]:
    people = {
        person.pk: person
        for person in Person.objects.filter(pk__in=[pk for pk, _ in found]).with_shown_face()
    }
    counts = dict(Person.objects.filter(pk__in=people).values_list("pk", "stats__faces"))
    keys = set(sent.values_list("key", flat=True))
    return [
        Join(
            person=people[pk],
            probability=probability,
            faces=counts.get(pk) or 0,
            cover=people[pk].shown_face_id,
            question_sent=any(str(pk) in key.split(":")[1:3] for key in keys if key.startswith("same:")),
        )
        for pk, probability in found
        if pk in people
    ]


def _next_group(person: Person) -> str:
    """Return the next group in the order of the list."""
    here = ClusterQuality.objects.filter(pk=person.pk).first()
    later = ClusterQuality.objects.filter(person__isnull=False).exclude(pk=person.pk)
    if here is not None:
        later = later.filter(excess__lte=here.excess)
    following = later.first()
    return reverse("admin:group", args=[following.pk]) if following is not None else ""
