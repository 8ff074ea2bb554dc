"""Cluster review: all groups, sorted by quality. The page of one group is in `group`."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from albums.admin.base import OwnerFilter, ReadOnlyOwnerAdmin, column, operator
from albums.admin_site import page
from albums.services.accounts.operators import owners_seen
from faces.models import ClusterQuality, OperatorQuestion
from faces.tasks import enqueue_cluster_reviews

WORTH_A_LOOK = -0.05
"""Excess from which a group is worth a look: a group with one stranger is often slightly below 0."""

COLOURS = {"Suspected": "danger", "Check": "warning", "Sound": "success"}


def quality_label(excess: float) -> str:
    """Describe an excess in words."""
    if excess > 0:
        return "Suspected"
    return "Check" if excess > WORTH_A_LOOK else "Sound"


class QualityFilter(admin.SimpleListFilter):
    """Filter groups by their quality."""

    title = "quality"
    parameter_name = "quality"

    def lookups(self, _request: HttpRequest, _model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, str]]:
        """As in the column."""
        return [("suspected", "Suspected"), ("look", "Check"), ("sound", "Sound")]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those."""
        match self.value():
            case "suspected":
                return queryset.filter(excess__gt=0)
            case "look":
                return queryset.filter(excess__gt=WORTH_A_LOOK, excess__lte=0)
            case "sound":
                return queryset.filter(excess__lte=WORTH_A_LOOK)
            case _:
                return queryset


class GrantFilter(admin.SimpleListFilter):
    """Whether the owner lets operators look."""

    title = "pictures"
    parameter_name = "granted"

    def lookups(self, _request: HttpRequest, _model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, str]]:
        """Yes or no."""
        return [("yes", "Pictures and names"), ("no", "Numbers only")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those."""
        seen = owners_seen(operator(request))
        match self.value():
            case "yes":
                return queryset.filter(person__owner_id__in=seen)
            case "no":
                return queryset.exclude(person__owner_id__in=seen)
            case _:
                return queryset


@admin.register(ClusterQuality)
class ClusterQualityAdmin(ReadOnlyOwnerAdmin[ClusterQuality]):
    """Groups, the suspected first. Opening one leads to its own page."""

    owner_path = "person__owner"
    private: ClassVar = {"shown_name": "person__name"}
    list_display = (
        "group", "account", "called", "standing", "excess_shown", "parts", "persistence_shown",
        "outlier_shown", "spread_shown", "asked",
    )  # fmt: skip
    list_display_links = None
    list_filter = (OwnerFilter, QualityFilter, GrantFilter)
    search_fields = ("=person__id", "=person__owner__username")
    search_help_text = "Group ID or account name"
    ordering = ("-excess", "pk")
    list_before_template = "admin/pages/_cluster_review.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[ClusterQuality]:
        """With whether the owner was asked about it."""
        sent = OperatorQuestion.objects.filter(
            owner_id=OuterRef("person__owner_id"), about=OuterRef("person_id")
        )
        return super().get_queryset(request).annotate(was_asked=Exists(sent))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """A group has a page of its own, which shows more than a row."""
        del form_url, extra_context
        if request.method not in {"GET", "HEAD"}:
            raise PermissionDenied
        return redirect("admin:group", object_id)

    @column("group", order="person_id")
    def group(self, line: ClusterQuality) -> SafeString:
        """Its number, and how many faces."""
        return format_html(
            '<a href="{}"><strong>{}</strong></a> · {} faces',
            reverse("admin:group", args=[line.pk]),
            line.pk,
            f"{line.faces:,}",
        )

    @column("name")
    def called(self, line: Any) -> str:
        """The name, where the owner lets it be seen."""
        return line.shown_name or "-"

    @column("quality", order="excess", colours=COLOURS)
    def standing(self, line: ClusterQuality) -> str:
        """The quality in words."""
        return quality_label(line.excess)

    @column("excess", order="excess")
    def excess_shown(self, line: ClusterQuality) -> str:
        """The distance of its sides beyond that of one person."""
        return f"{line.excess:+.3f}"

    @column("would split into")
    def parts(self, line: ClusterQuality) -> str:
        """The sizes of the two sides of its best cut."""
        return f"{line.faces - line.apart:,} | {line.apart:,}" if line.apart else "-"

    @column("persistence", order="persistence")
    def persistence_shown(self, line: ClusterQuality) -> str:
        """HDBSCAN's."""
        return f"{line.persistence:.2f}"

    @column("outliers", order="outlier")
    def outlier_shown(self, line: ClusterQuality) -> str:
        """The greatest of HDBSCAN's scores."""
        return f"{line.outlier:.2f}"

    @column("spread", order="spread")
    def spread_shown(self, line: ClusterQuality) -> str:
        """The mean distance of two faces."""
        return f"{line.spread:.2f}"

    @column("owner", colours={"asked": "info"})
    def asked(self, line: Any) -> str:
        """Whether a question about it was sent."""
        return "asked" if line.was_asked else "-"


@page("cluster-review/refresh/", name="groups_refresh")
@require_POST
def refresh(request: HttpRequest) -> HttpResponse:
    """Start a review of all changed groups."""
    operator(request)
    enqueue_cluster_reviews()
    messages.success(request, "Changed groups are being checked. Reload this page in a moment.")
    return redirect("admin:faces_clusterquality_changelist")
