"""The base of the administration's tables: read-only rows; services change them.

Operators administer the server but see no user content unless the owner grants it: without a grant they see
counts, ids, sizes and reasons, but no name of a person, a file or an album.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Case, Count, F, Model, OuterRef, Q, QuerySet, Subquery, TextField, Value, When
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse

from albums.http.request_limits import path_numbers_check
from albums.services.accounts.operators import owners_seen
from albums.services.core.row_ids import row_id

if TYPE_CHECKING:
    # It has no types, and is Django's with more in it.
    from django.contrib.admin import ModelAdmin as _ModelAdmin
else:
    from unfold.admin import ModelAdmin as _ModelAdmin

MOST_OWNERS = 200
"""Accounts in the filter's list."""

NOT_SHOWN = "hidden"

Column = TypeVar("Column", bound=Callable[..., Any])
Row = TypeVar("Row", bound=Model)


def operator(request: HttpRequest) -> User:
    """Return the operator of a request. Raises PermissionDenied for anyone else."""
    user = request.user
    if not (isinstance(user, User) and user.is_active and user.is_staff):
        raise PermissionDenied
    return user


def column(
    words: str,
    *,
    order: str | None = None,
    is_true: bool = False,
    colours: Mapping[str, str] | None = None,
) -> Callable[[Column], Column]:
    """Set a column's title, sort order and colours: value -> success, info, warning or danger."""

    def decorate(method: Column) -> Column:
        attributes: dict[str, Any] = {"short_description": words}
        if order is not None:
            attributes["admin_order_field"] = order
        if is_true:
            attributes["boolean"] = True
        if colours is not None:
            attributes["label"] = dict(colours)
        for name, value in attributes.items():
            setattr(method, name, value)
        return method

    return decorate


def row_column(
    words: str, value: Callable[[Any], object], *, order: str | None = None, **options: Any
) -> Callable[[Any, Any], object]:
    """Return a column that shows a value of the row; the options are those of `column`."""
    return column(words, order=order, **options)(lambda _admin, row: value(row))


def counted(rows: "QuerySet[Any]", path: str) -> Coalesce:
    """Count the `rows` of each row by the column `path`: a subquery, to count only for the page."""
    mine = rows.filter(**{path: OuterRef("pk")}).order_by().values(path)
    return Coalesce(Subquery(mine.annotate(number=Count("pk")).values("number")), 0)


class OwnerFilter(admin.SimpleListFilter):
    """Rows of one account."""

    title = "account"
    parameter_name = "owner"

    def lookups(self, _request: HttpRequest, _model_admin: "admin.ModelAdmin[Any]") -> list[tuple[str, str]]:
        """List the accounts, up to a limit."""
        accounts = User.objects.order_by("username").values_list("pk", "username")[:MOST_OWNERS]
        return [(str(pk), name) for pk, name in accounts]

    def queryset(self, _request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        """Filter by the account; nothing for an invalid number."""
        wanted = self.value()
        if wanted is None:
            return queryset
        key = row_id(wanted)
        return queryset.none() if key is None else queryset.filter(owner_number=key)


class ChoiceFilter(admin.SimpleListFilter):
    """A filter with fixed options: value -> (label, condition)."""

    options: ClassVar[Mapping[str, tuple[str, Q]]]

    def lookups(self, _request: HttpRequest, _model_admin: "admin.ModelAdmin[Any]") -> list[tuple[str, str]]:
        """List the labels."""
        return [(value, label) for value, (label, _condition) in self.options.items()]

    def queryset(self, _request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        """Filter by the condition of the selected option."""
        selected = self.options.get(self.value() or "")
        return queryset.filter(selected[1]) if selected else queryset


class ReadOnlyOwnerAdmin(_ModelAdmin[Row]):
    """Read-only rows with their owners. Changes go through a service, as an action.

    owner_path: the lookup from a row to its owner, empty if there is none; each row then has
    `owner_number` and `owner_name`. private: annotation -> the column with a name in it, which is only
    read for owners who have granted it, and is empty for others.
    """

    owner_path: ClassVar[str] = "owner"
    private: ClassVar[Mapping[str, str]] = {}
    list_per_page = 50
    # The sheet has the filters beside the list and no page of their own.
    list_filter_sheet = True
    compressed_fields = True
    list_fullwidth = True

    def has_view_permission(self, request: HttpRequest, _obj: Any = None) -> bool:
        """Allow operators to view rows, and to act on them through a service."""
        return self.admin_site.has_permission(request)

    has_module_permission = has_act_permission = has_view_permission

    def _refuse(self, *_args: Any, **_kwargs: Any) -> bool:
        # Only the app adds, changes and deletes rows.
        return False

    has_add_permission = has_change_permission = has_delete_permission = _refuse

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Row]":
        """Add owners, and names where the owner has granted it."""
        rows: QuerySet[Any] = super().get_queryset(request)
        if self.owner_path:
            rows = rows.annotate(
                owner_number=F(f"{self.owner_path}_id"), owner_name=F(f"{self.owner_path}__username")
            )
        if self.private:
            seen = Q(**{f"{self.owner_path}_id__in": owners_seen(operator(request))})
            rows = rows.defer(*(name for name in self.private.values() if "__" not in name))
            rows = rows.annotate(
                **{
                    shown: Case(When(seen, then=F(name)), default=Value(""), output_field=TextField())
                    for shown, name in self.private.items()
                }
            )
        return rows

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Row | None:
        """Return the row; an empty name of a field, which Django looks for, is none."""
        row: Row | None = super().get_object(request, object_id, from_field or None)
        return row

    def response_action(
        self, request: HttpRequest, queryset: "QuerySet[Row]", *args: Any, **kwargs: Any
    ) -> HttpResponse | None:
        """Run an action on the selected rows. Raises Http404 for a selection of what cannot be a row."""
        for text in request.POST.getlist(ACTION_CHECKBOX_NAME):
            self._check_key(text)
        response: HttpResponse | None = super().response_action(request, queryset, *args, **kwargs)
        return response

    def _check_key(self, text: str) -> None:
        try:
            key = self.opts.pk.to_python(text)
        except ValidationError as error:
            raise Http404 from error
        path_numbers_check({"key": key})

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Allow only the lookups of the offered filters: any other would reveal a private column."""
        del value, request
        offered = {
            one if isinstance(one, str) else getattr(one, "parameter_name", None) for one in self.list_filter
        }
        name, _joint, how = lookup.rpartition("__")
        return lookup in offered or (name in offered and how in {"exact", "isnull", "gte", "lt"})

    @column("account", order="owner_name")
    def account(self, row: Any) -> str:
        """The owner's name."""
        return str(row.owner_name)
