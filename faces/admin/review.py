"""Cluster review: all groups in the order of doubt. What is done about one is in `group`."""

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

from albums.admin.base import HouseAdmin, OwnerFilter, column, operator
from albums.admin_site import page
from albums.services.accounts.operators import owners_seen
from faces.models import GroupDoubt, SentQuestion
from faces.tasks import enqueue_weighing

WORTH_A_LOOK = -0.05
"""Doubt from which a group is worth a look: a group with one stranger is often a little below suspicion."""

COLOURS = {"Suspected": "danger", "Worth a look": "warning", "Sound": "success"}


def verdict_of(doubt: float) -> str:
    """A doubt in words."""
    if doubt > 0:
        return "Suspected"
    return "Worth a look" if doubt > WORTH_A_LOOK else "Sound"


class DoubtFilter(admin.SimpleListFilter):
    """How doubtful a group is."""

    title = "doubt"
    parameter_name = "doubt"

    def lookups(self, _request: HttpRequest, _model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, str]]:
        """As in the column."""
        return [("suspected", "Suspected"), ("look", "Worth a look"), ("sound", "Sound")]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those."""
        match self.value():
            case "suspected":
                return queryset.filter(doubt__gt=0)
            case "look":
                return queryset.filter(doubt__gt=WORTH_A_LOOK, doubt__lte=0)
            case "sound":
                return queryset.filter(doubt__lte=WORTH_A_LOOK)
            case _:
                return queryset


class GrantFilter(admin.SimpleListFilter):
    """Whether the owner lets operators look."""

    title = "pictures"
    parameter_name = "granted"

    def lookups(self, _request: HttpRequest, _model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, str]]:
        """Yes or no."""
        return [("yes", "May be seen"), ("no", "Shapes only")]

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


@admin.register(GroupDoubt)
class GroupDoubtAdmin(HouseAdmin[GroupDoubt]):
    """Groups, the most doubtful first. Opening one leads to its own page."""

    owner_path = "person__owner"
    private: ClassVar = {"shown_name": "person__name"}
    list_display = (
        "group", "account", "called", "standing", "excess", "parts", "persistence_shown", "outlier_shown",
        "spread_shown", "asked",
    )  # fmt: skip
    list_display_links = None
    list_filter = (OwnerFilter, DoubtFilter, GrantFilter)
    search_fields = ("=person__id", "=person__owner__username")
    search_help_text = "The number of a group, or the name of an account"
    ordering = ("-doubt", "pk")
    list_before_template = "admin/house/_cluster_review.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[GroupDoubt]:
        """With whether the owner was asked about it."""
        sent = SentQuestion.objects.filter(owner_id=OuterRef("person__owner_id"), about=OuterRef("person_id"))
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
    def group(self, line: GroupDoubt) -> SafeString:
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

    @column("looks", order="doubt", colours=COLOURS)
    def standing(self, line: GroupDoubt) -> str:
        """The doubt in words."""
        return verdict_of(line.doubt)

    @column("doubt", order="doubt")
    def excess(self, line: GroupDoubt) -> str:
        """How much farther apart its sides are than they may be."""
        return f"{line.doubt:+.3f}"

    @column("would part into")
    def parts(self, line: GroupDoubt) -> str:
        """The sizes of the two sides of the most doubtful cut."""
        return f"{line.faces - line.apart:,} | {line.apart:,}" if line.apart else "-"

    @column("persistence", order="persistence")
    def persistence_shown(self, line: GroupDoubt) -> str:
        """HDBSCAN's."""
        return f"{line.persistence:.2f}"

    @column("outliers", order="outlier")
    def outlier_shown(self, line: GroupDoubt) -> str:
        """The greatest of HDBSCAN's scores."""
        return f"{line.outlier:.2f}"

    @column("spread", order="spread")
    def spread_shown(self, line: GroupDoubt) -> str:
        """The mean distance of two faces."""
        return f"{line.spread:.2f}"

    @column("owner", colours={"asked": "info"})
    def asked(self, line: Any) -> str:
        """Whether a question about it was sent."""
        return "asked" if line.was_asked else "-"


@page("cluster-review/weigh/", name="groups_weigh")
@require_POST
def weigh(request: HttpRequest) -> HttpResponse:
    """Ask for all groups to be looked at again."""
    operator(request)
    enqueue_weighing()
    messages.success(request, "A worker looks at all groups that have changed. Load this page again soon.")
    return redirect("admin:faces_groupdoubt_changelist")
