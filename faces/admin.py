"""Faces and people for an operator: to look at. What changes them goes through the pages and services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin

from faces.models import ClusteringRun, Face, FaceScan, Person

if TYPE_CHECKING:
    from django.http import HttpRequest


class ReadOnly:
    """Rows that are shown and not edited here: a change past the services would break a rule."""

    def has_add_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        """Rows are made by the app."""
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        """And changed by the app."""
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        """And removed by the app."""
        return False


@admin.register(FaceScan)
class FaceScanAdmin(ReadOnly, admin.ModelAdmin[FaceScan]):
    """Scans, with what went wrong."""

    list_display = ("image_id", "state", "reason", "attempts", "detector", "embedder", "finished_at")
    list_filter = ("state", "reason", "detector", "embedder")


@admin.register(ClusteringRun)
class ClusteringRunAdmin(ReadOnly, admin.ModelAdmin[ClusteringRun]):
    """Groupings, with their parameters and counts."""

    list_display = ("id", "owner", "state", "started_at", "faces", "people", "waiting", "moved", "embedder")
    list_filter = ("state", "embedder")
    list_select_related = ("owner",)


@admin.register(Person)
class PersonAdmin(ReadOnly, admin.ModelAdmin[Person]):
    """People by number: whose they are, not what they are called, which is the owner's."""

    list_display = ("id", "owner", "hidden", "created_at")
    list_select_related = ("owner",)
    fields = ("owner", "hidden", "created_at")


@admin.register(Face)
class FaceAdmin(ReadOnly, admin.ModelAdmin[Face]):
    """Faces by number, without their pictures, which are the owner's."""

    list_display = ("id", "image_id", "person_id", "score", "quality", "poor_reason", "detector")
    list_filter = ("poor_reason", "detector")
    fields = ("score", "quality", "poor_reason", "detector", "created_at")
    show_full_result_count = False
