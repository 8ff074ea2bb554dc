"""QuerySets of the tables of faces; queries for a user start at `visible_to(user)`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from faces import models as rows


class FaceScanQuerySet(models.QuerySet["rows.FaceScan"]):
    """Scans of photos."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Return scans of the user's own photos outside the bin; none for a visitor."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(image__owner_id=user.pk, image__binned_at=None)

    def pending(self) -> Self:
        """Return scans that are queued or in progress."""
        return self.filter(state="pending")


def _of_gallery(gallery_id: int, *, to_face: str = "") -> Q:
    """Return the condition of a face in a gallery, but not that of its owner. to_face: the way to the face.

    All in one, so that the joins are one too; an image is in an album once.
    """
    conditions = {
        "dismissed": False,
        "binned": False,
        "person__hidden": False,
        "person__name__gt": "",
        "image__entries__album_id": gallery_id,
        "image__entries__album__gallery": True,
    }
    return Q(**{f"{to_face}{path}": value for path, value in conditions.items()})


class FaceQuerySet(models.QuerySet["rows.Face"]):
    """Faces."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Return faces in the user's own photos outside the bin; none for a visitor."""
        return self.filter(image__owner_id=user.pk, binned=False) if user.is_authenticated else self.none()

    def present(self) -> Self:
        """Return faces that are not dismissed nor in the bin."""
        return self.filter(dismissed=False, binned=False)

    def unassigned(self) -> Self:
        """Return unassigned faces."""
        return self.present().filter(person__isnull=True)

    def with_crop(self) -> Self:
        """Return faces with a picture."""
        return self.exclude(crop="")

    def of_person(self, person: rows.Person) -> Self:
        """Return the faces of a person that can be shown, with their photos."""
        return self.present().with_crop().filter(person=person).select_related("image")

    def in_gallery(self, gallery_id: int) -> Self:
        """Return what a look-alike gallery shows: faces of named people in its owner's own photos.

        Whoever may see the album may see them. None of an album that is no gallery; nothing of hidden people,
        of dismissed faces, of the bin, and of photos that editors added.
        """
        return self.filter(_of_gallery(gallery_id), image__owner_id=F("image__entries__album__owner_id"))

    def with_confirmed(self) -> Any:
        """Annotate `confirmed`: a user confirmed that the face shows its person."""
        verdicts = apps.get_model("faces", "Verdict").objects.filter(face=OuterRef("pk"), kind="is")
        return self.annotate(confirmed=Exists(verdicts))

    def with_attributes(self) -> Self:
        """Join the estimates, people and photos of the faces, from which their ages are computed."""
        return self.select_related("attributes", "image", "person")

    def best_first(self) -> Self:
        """Order by quality, best first."""
        return self.order_by("-quality", "pk")


class FaceEmbeddingQuerySet(models.QuerySet["rows.FaceEmbedding"]):
    """Vectors."""

    def of_owner(self, owner_id: int | None, *, model: str) -> Self:
        """Vectors of one model of the faces in an owner's photos, in one range of an index; none for None.

        Not `visible_to`: a search never covers what others have shared.
        """
        return self.none() if owner_id is None else self.filter(owner_id=owner_id, model=model)

    def present(self) -> Self:
        """Vectors of faces that are not dismissed nor in the bin, for a query that reads no faces.

        Those faces are few and in an index, so they are excluded by their ids. A query that joins the faces
        filters them instead: the planner overestimates this one.
        """
        faces = apps.get_model("faces", "Face")
        return self.exclude(face_id__in=faces.objects.filter(Q(dismissed=True) | Q(binned=True)).values("pk"))

    def in_gallery(self, gallery_id: int) -> Self:
        """Vectors of the faces that a look-alike gallery shows. To be called after `of_owner`."""
        return self.filter(_of_gallery(gallery_id, to_face="face__"))


class PersonQuerySet(models.QuerySet["rows.Person"]):
    """People."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Return the user's own people; none for a visitor."""
        return self.filter(owner_id=user.pk) if user.is_authenticated else self.none()

    def with_counts(self) -> Any:
        """Annotate `face_count` and `photo_count` from the stored statistics."""
        return self.annotate(
            face_count=Coalesce(F("stats__faces"), 0), photo_count=Coalesce(F("stats__photos"), 0)
        )

    def with_shown_face(self) -> Any:
        """Annotate `shown_face_id`: the cover outside the bin, else the best face with a picture, or None."""
        faces = apps.get_model("faces", "Face")
        best = faces.objects.present().filter(person=OuterRef("pk")).with_crop().best_first()
        cover = Case(When(cover__binned=False, then=F("cover_id")))
        return self.annotate(shown_face_id=Coalesce(cover, Subquery(best.values("pk")[:1])))

    def named(self) -> Self:
        """Return people with a name."""
        return self.exclude(name="")

    def worth_showing(self) -> Self:
        """Return named people, and groups with a face outside the bin, by their statistics."""
        return self.filter(~Q(name="") | Q(stats__faces__gt=0))
