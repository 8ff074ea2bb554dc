"""What can be done about one row: each act is a page that says what will happen, and then does it by POST."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.debug import sensitive_post_parameters

from albums.admin.base import HouseAdmin, Row
from albums.admin_site import page_response


class ActRefused(Exception):
    """It cannot be done as things are; the message says why and what can be done instead."""


@dataclass(frozen=True, slots=True)
class Told:
    """What an act answers with where a sentence is not enough: shown once, and kept nowhere."""

    title: str
    lines: list[str] = field(default_factory=list)
    secret: str = ""


def _always(_request: HttpRequest, _row: Any) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Act:
    """name: in the address. says: what will happen. does: does it, and tells in a sentence what was done.

    offered: whether it makes sense for this row, and this operator may. form: what must be given for it.
    gone: the row is no longer there afterwards. danger: it cannot be taken back.
    """

    name: str
    label: str
    says: Callable[[HttpRequest, Any], list[str]]
    does: Callable[[HttpRequest, Any, Mapping[str, Any]], str | Told]
    offered: Callable[[HttpRequest, Any], bool] = _always
    form: type[forms.Form] | None = None
    gone: bool = False
    danger: bool = False


class ActingAdmin(HouseAdmin[Row]):
    """A table with acts."""

    acts: ClassVar[tuple[Act, ...]] = ()
    change_form_outer_before_template = "admin/house/_acts.html"

    def get_urls(self) -> list[URLPattern]:
        """With a page for each act."""
        address = path(
            "<path:object_id>/do/<slug:name>/",
            self.admin_site.admin_view(sensitive_post_parameters()(self.act_view)),
            name=f"{self._table}_act",
        )
        return [address, *super().get_urls()]

    @property
    def _table(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}"

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """With the acts that are offered."""
        row = self.get_object(request, unquote(object_id)) if object_id else None
        offered = [
            {"label": one.label, "danger": one.danger, "url": self._address(object_id or "", one)}
            for one in self.acts
            if row is not None and one.offered(request, row)
        ]
        context = {"acts": offered, **(extra_context or {})}
        return super().changeform_view(request, object_id, form_url, context)

    def act_view(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        """Say what will happen; do it by POST."""
        row = self.get_object(request, unquote(object_id))
        act = next((one for one in self.acts if one.name == name), None)
        if row is None or act is None or not self.has_view_permission(request, row):
            raise Http404
        if not act.offered(request, row):
            raise Http404
        back = reverse(f"admin:{self._table}_change", args=[object_id])
        asked = request.method == "POST"
        form = act.form(request.POST if asked else None) if act.form else None
        if asked and (form is None or form.is_valid()):
            title = str(row)
            try:
                done = act.does(request, row, form.cleaned_data if form else {})
            except ActRefused as refused:
                messages.error(request, str(refused))
                return redirect(back)
            if not act.gone:
                self.log_change(request, row, act.label)
            if act.gone:
                back = reverse(f"admin:{self._table}_changelist")
            if isinstance(done, Told):
                return self._page(request, "admin/house/told.html", title, done.title, told=done, back=back)
            messages.success(request, done)
            return redirect(back)
        context = {"act": act, "says": act.says(request, row), "form": form, "back": back}
        return self._page(request, "admin/house/ask.html", str(row), act.label, **context)

    def _page(
        self, request: HttpRequest, template: str, row: str, title: str, **context: Any
    ) -> TemplateResponse:
        return page_response(
            self.admin_site, request, template, title=title, subtitle=row, opts=self.opts, **context
        )

    def _address(self, object_id: str, act: Act) -> str:
        return reverse(f"admin:{self._table}_act", args=[object_id, act.name])
