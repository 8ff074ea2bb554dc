"""How rows about faces are read: every query starts at `visible_to(user)`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Count, Q

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from faces import models as rows  # noqa: F401  (named in the base classes)


class FaceScanQuerySet(models.QuerySet["rows.FaceScan"]):
    """Scans of photos."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Scans of the user's own photos; of nobody's for a visitor."""
        return self.filter(image__owner_id=user.pk) if user.is_authenticated else self.none()

    def pending(self) -> Self:
        """Scans that are still to be made, or are being made now."""
        return self.filter(state="pending")


class FaceQuerySet(models.QuerySet["rows.Face"]):
    """Faces."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Faces in the user's own photos; nobody's for a visitor."""
        return self.filter(image__owner_id=user.pk) if user.is_authenticated else self.none()

    def present(self) -> Self:
        """Faces, without what somebody said is none and those whose photo is in the bin."""
        return self.filter(dismissed=False, binned=False)

    def waiting(self) -> Self:
        """Faces that are with nobody yet: counted and shown, never hidden."""
        return self.filter(person__isnull=True, dismissed=False, binned=False)

    def best_first(self) -> Self:
        """The face that can be recognised best comes first."""
        return self.order_by("-quality", "pk")


class PersonQuerySet(models.QuerySet["rows.Person"]):
    """People."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The user's own people; nobody for a visitor."""
        return self.filter(owner_id=user.pk) if user.is_authenticated else self.none()

    def with_counts(self) -> Any:
        """Annotate `face_count` and `photo_count`."""
        return self.annotate(
            face_count=Count("faces", distinct=True), photo_count=Count("faces__image", distinct=True)
        )

    def named(self) -> Self:
        """People that somebody put a name on."""
        return self.exclude(name="")

    def worth_showing(self) -> Self:
        """Named people, and groups that have at least one face."""
        return self.filter(~Q(name="") | Q(faces__isnull=False)).distinct()
