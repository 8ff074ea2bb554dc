"""Cluster review: all groups, sorted by quality. The page of one group is in `group`."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from albums.admin.base import ChoiceFilter, OwnerFilter, ReadOnlyOwnerAdmin, column, operator, row_column
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


class QualityFilter(ChoiceFilter):
    """Filter groups by their quality."""

    title = "quality"
    parameter_name = "quality"
    options: ClassVar = {
        "suspected": ("Suspected", Q(excess__gt=0)),
        "look": ("Check", Q(excess__gt=WORTH_A_LOOK, excess__lte=0)),
        "sound": ("Sound", Q(excess__lte=WORTH_A_LOOK)),
    }


class GrantFilter(admin.SimpleListFilter):
    """Filter groups by the owner's grant to see pictures and names."""

    title = "pictures"
    parameter_name = "granted"

    def lookups(self, _request: HttpRequest, _model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, str]]:
        """List the options."""
        return [("yes", "Pictures and names"), ("no", "Numbers only")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Filter by the owners who have granted this operator access."""
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
    """Groups, the suspected first; each links to its own page."""

    owner_path = "person__owner"
    private: ClassVar = {"shown_name": "person__name"}
    list_display = (
        "group", "account", "called", "standing", "excess_shown", "parts", "persistence_shown",
        "outlier_shown", "spread_shown", "question_state",
    )  # fmt: skip
    list_display_links = None
    list_filter = (OwnerFilter, QualityFilter, GrantFilter)
    search_fields = ("=person__id", "=person__owner__username")
    search_help_text = "Group ID or account name"
    ordering = ("-excess", "pk")
    list_before_template = "admin/pages/_cluster_review.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[ClusterQuality]:
        """Annotate whether the owner was sent a question about the group."""
        sent = OperatorQuestion.objects.filter(
            owner_id=OuterRef("person__owner_id"), about=OuterRef("person_id")
        )
        return super().get_queryset(request).annotate(question_sent=Exists(sent))

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
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        return redirect("admin:group", row.pk)

    @column("group", order="person_id")
    def group(self, line: ClusterQuality) -> SafeString:
        """The id and the number of faces."""
        return format_html(
            '<a href="{}"><strong>{}</strong></a> · {} faces',
            reverse("admin:group", args=[line.pk]),
            line.pk,
            f"{line.faces:,}",
        )

    called = row_column("name", lambda row: row.shown_name or "-")
    standing = row_column("quality", lambda row: quality_label(row.excess), order="excess", colours=COLOURS)

    excess_shown = row_column("excess", lambda row: format(row.excess, "+.3f"), order="excess")

    parts = row_column(
        "would split into", lambda row: f"{row.faces - row.apart:,} | {row.apart:,}" if row.apart else "-"
    )

    persistence_shown = row_column(
        "persistence", lambda row: format(row.persistence, ".2f"), order="persistence"
    )
    outlier_shown = row_column("outliers", lambda row: format(row.outlier, ".2f"), order="outlier")
    spread_shown = row_column("spread", lambda row: format(row.spread, ".2f"), order="spread")

    question_state = row_column(
        "owner", lambda row: "asked" if row.question_sent else "-", colours={"asked": "info"}
    )


@page("cluster-review/refresh/", name="groups_refresh")
@require_POST
def refresh(request: HttpRequest) -> HttpResponse:
    """Start a review of all changed groups."""
    operator(request)
    enqueue_cluster_reviews()
    messages.success(request, "Changed groups are being checked. Reload this page in a moment.")
    return redirect("admin:faces_clusterquality_changelist")
