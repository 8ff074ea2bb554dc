"""How rows about faces are read: every query starts at `visible_to(user)`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from faces import models as rows  # noqa: F401  (named in the base classes)


class FaceScanQuerySet(models.QuerySet["rows.FaceScan"]):
    """Scans of photos."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Scans of the user's own photos, without those in the bin; of nobody's for a visitor."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(image__owner_id=user.pk, image__binned_at=None)

    def pending(self) -> Self:
        """Scans that are still to be made, or are being made now."""
        return self.filter(state="pending")


class FaceQuerySet(models.QuerySet["rows.Face"]):
    """Faces."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Faces in the user's own photos, without those in the bin; nobody's for a visitor."""
        return self.filter(image__owner_id=user.pk, binned=False) if user.is_authenticated else self.none()

    def present(self) -> Self:
        """Faces, without what somebody said is none, and without those of photos in the bin."""
        return self.filter(dismissed=False, binned=False)

    def waiting(self) -> Self:
        """Faces that are with nobody yet: counted and shown, never hidden."""
        return self.filter(person__isnull=True, dismissed=False, binned=False)

    def best_first(self) -> Self:
        """The face that can be recognised best comes first."""
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


class PersonQuerySet(models.QuerySet["rows.Person"]):
    """People."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The user's own people; nobody for a visitor."""
        return self.filter(owner_id=user.pk) if user.is_authenticated else self.none()

    def with_counts(self) -> Any:
        """Annotate `face_count` and `photo_count`: without what is in the bin."""
        seen = Q(faces__binned=False)
        return self.annotate(
            face_count=Count("faces", filter=seen, distinct=True),
            photo_count=Count("faces__image", filter=seen, distinct=True),
        )

    def with_shown_face(self) -> Any:
        """Annotate `shown_face_id`: the cover, or the best face with a picture; None without one.

        A cover in the bin stays the cover, and is not shown: its picture is not to be had.
        """
        faces = apps.get_model("faces", "Face")
        best = faces.objects.present().filter(person=OuterRef("pk")).exclude(crop="").best_first()
        cover = Case(When(cover__binned=False, then=F("cover_id")))
        return self.annotate(shown_face_id=Coalesce(cover, Subquery(best.values("pk")[:1])))

    def named(self) -> Self:
        """People that somebody put a name on."""
        return self.exclude(name="")

    def worth_showing(self) -> Self:
        """Named people, and groups that have at least one face that is not in the bin."""
        faces = apps.get_model("faces", "Face").objects.filter(person=OuterRef("pk"), binned=False)
        return self.filter(~Q(name="") | Exists(faces))
