"""Accounts in the administration: their use of storage, and actions of administrators."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.contrib.auth import admin as _of_django  # noqa: F401 - it must have registered its own before
from django.contrib.auth.models import Group, User
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.defaultfilters import filesizeformat
from django.urls import reverse

from albums.admin.account_actions import ACTIONS, is_administrator, quota_label
from albums.admin.account_forms import NewAccountForm
from albums.admin.actions import ActionsAdmin
from albums.admin.base import column, counted, row_column
from albums.admin_site import page_response
from albums.extensions import provided
from albums.models import Image
from albums.services.accounts.account_admin import account_create
from albums.services.core.photo_counts import STATES
from albums.services.uploading.quotas import quota_default

# The admin of Django's own app would change accounts past every rule.
for _model in (User, Group):
    if admin.site.is_registered(_model):
        admin.site.unregister(_model)


@dataclass(frozen=True, slots=True)
class AccountCount:
    """A column that counts `rows` for each account. path: the field of the rows that holds the owner's id."""

    name: str
    label: str
    rows: "QuerySet[Any]"
    path: str = "owner_id"


def _account_counts() -> list[AccountCount]:
    return provided(lambda app: app.account_counts)


@admin.register(User)
class AccountAdmin(ActionsAdmin[User]):
    """Accounts. Actions change them, and each explains what it does."""

    owner_path = ""
    list_display = (
        "username",
        "photos",
        "size",
        "may_keep",
        "is_active",
        "role",
        "last_login",
        "date_joined",
    )
    list_filter = ("is_active", "is_staff", "is_superuser")
    search_fields = ("username",)
    search_help_text = "Part of a name"
    ordering = ("username",)
    fields = ("name", "role", "switched", "photos", "size", "may_keep", "last_login", "date_joined")
    readonly_fields = fields
    row_actions = ACTIONS

    def has_add_permission(self, request: HttpRequest, _obj: Any = None) -> bool:
        """Allow administrators."""
        return is_administrator(request, None)

    def get_queryset(self, request: HttpRequest) -> "QuerySet[User]":
        """Add the counts and sizes of each account."""
        originals = Image.objects.filter(owner_id=OuterRef("pk")).order_by()
        sums = originals.values("owner_id").annotate(
            number=Count("pk", filter=STATES["photos"]), size=Sum("size_bytes", filter=~Q(original=""))
        )
        counts = {one.name: counted(one.rows, one.path) for one in _account_counts()}
        return (
            super()
            .get_queryset(request)
            .select_related("quota")
            .annotate(
                photo_number=Coalesce(Subquery(sums.values("number")), 0),
                photo_bytes=Coalesce(Subquery(sums.values("size")), 0),
                **counts,
            )
        )

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Add the columns of other apps after the photos."""
        shown = list(super().get_list_display(request))
        return [*shown[:2], *map(_column_of, _account_counts()), *shown[2:]]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Create an account with a password or a sign-in link."""
        del form_url, extra_context
        if not self.has_add_permission(request):
            return redirect("admin:auth_user_changelist")
        form = NewAccountForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            given = form.cleaned_data
            made = account_create(username=given["username"], password=given["password"] or None)
            self.log_addition(request, made, "made")
            if given["password"]:
                return redirect("admin:auth_user_change", made.pk)
            return redirect("admin:auth_user_action", made.pk, "sign-in-link")
        context = {"form": form, "opts": self.opts, "back": reverse("admin:auth_user_changelist")}
        return page_response(
            self.admin_site, request, "admin/pages/new_account.html", title="New account", **context
        )

    name = row_column("name", lambda row: row.get_username())
    switched = row_column("can sign in", lambda row: row.is_active, is_true=True)
    photos = row_column("photos", lambda row: row.photo_number, order="photo_number")
    size = row_column("originals", lambda row: filesizeformat(row.photo_bytes), order="photo_bytes")

    @column("quota")
    def may_keep(self, user: User) -> str:
        """The limit of the account, or the server's default."""
        own = getattr(user, "quota", None)
        if own is None:
            return quota_label(quota_default(), none="no limit")
        return f"{quota_label(own.most_bytes, none='no limit')}, custom"

    @column("may", colours={"Administrator": "success", "Operator": "info"})
    def role(self, user: User) -> str:
        """Return the role in the administration."""
        if user.is_superuser:
            return "Administrator"
        return "Operator" if user.is_staff else ""


def _column_of(count: AccountCount) -> Callable[[Any], int]:
    @column(count.label, order=count.name)
    def number(user: Any) -> int:
        return int(getattr(user, count.name))

    number.__name__ = count.name
    return number
