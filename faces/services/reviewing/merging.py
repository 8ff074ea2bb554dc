"""The merge of people who stand together in photos: what it would do, and the merge itself."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import Count, Exists, OuterRef

from albums.models import Image
from faces.models import Change, Face, FaceScan, Person, Verdict
from faces.querysets import FaceQuerySet
from faces.services.grouping.repeats import photo_repeats
from faces.services.history.history import change_recorded
from faces.services.people.edits import person_merge
from faces.services.people.verdicts import best_face


@dataclass(frozen=True, slots=True)
class Together:
    """Photos in which several of these people are, which a merge contradicts.

    photos: their number. faces: how many faces a merge would leave unassigned, since a person is in a photo
    once. shown: the newest of the photos, and the faces of these people in it.
    """

    photos: int
    faces: int
    shown: Image | None = None
    shown_faces: tuple[Face, ...] = ()


def people_in_common(*, people: Collection[Person], user: User) -> Together:
    """Return the photos that several of these people share, without those that allow a person twice."""
    ids = [person.pk for person in people]
    faces = Face.objects.visible_to(user).present().filter(person__in=ids)
    photos = list(_shared(faces))
    if not photos:
        return Together(0, 0)
    covers = {person.cover_id or best_face(person.pk) for person in people}
    confirmed = Verdict.objects.filter(face=OuterRef("pk"), kind=Verdict.Kind.IS)
    there = faces.filter(image__in=photos).annotate(confirmed=Exists(confirmed))
    facts: dict[int, list[bool]] = {}
    for pk, image_id, is_confirmed in there.values_list("pk", "image_id", "confirmed"):
        # A merge confirms the covers.
        facts.setdefault(image_id, []).append(is_confirmed or pk in covers)
    # In each photo the confirmed faces stay, or else the best one.
    leaving = sum(len(here) - max(sum(here), 1) for here in facts.values())
    shown = Image.objects.filter(pk__in=photos).order_by("-captured_at", "-pk").first()
    return Together(
        len(photos), leaving, shown, tuple(there.filter(image=shown).select_related("person").order_by("pk"))
    )


def people_merge(
    *, into: Person, others: Iterable[Person], by: User, contradicted: bool = False, twice: bool = False
) -> Person:
    """Merge people as `person_merge`; with `twice` the photos that they share allow a person twice."""
    gone = list(others)
    with change_recorded(owner=by, by=by, kind=Change.Kind.MERGE, faces=(), people=()):
        if twice:
            faces = Face.objects.visible_to(by).present()
            shared = _shared(faces.filter(person__in=[into.pk, *(other.pk for other in gone)]))
            for image in Image.objects.filter(pk__in=list(shared)).order_by("pk"):
                photo_repeats(image=image, allowed=True, by=by)
        return person_merge(into=into, others=gone, by=by, contradicted=contradicted)


def _shared(faces: FaceQuerySet) -> Iterable[int]:
    """Return the ids of the photos where these faces show more than one person."""
    allowed = FaceScan.objects.filter(person_repeats=True).values("image_id")
    rows = faces.order_by().values("image_id").annotate(people=Count("person", distinct=True))
    return rows.filter(people__gt=1).exclude(image_id__in=allowed).values_list("image_id", flat=True)
