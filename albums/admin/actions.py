"""Actions on one row: each has a page that explains what will happen, and performs it by POST."""

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

from albums.admin.base import ReadOnlyOwnerAdmin, Row
from albums.admin_site import page_response


class ActionRefused(Exception):
    """The action is not possible; the message says why and what to do instead."""


@dataclass(frozen=True, slots=True)
class ActionResult:
    """A result that needs more than one sentence: shown once, and stored nowhere."""

    title: str
    lines: list[str] = field(default_factory=list)
    secret: str = ""


def _always(_request: HttpRequest, _row: Any) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Action:
    """An action on a row. name: in the address. explanation: what will happen. perform: returns the result.

    available: true if it makes sense for this row and this operator is allowed. form: its input.
    deletes: the row no longer exists afterwards. danger: it cannot be undone.
    """

    name: str
    label: str
    explanation: Callable[[HttpRequest, Any], list[str]]
    perform: Callable[[HttpRequest, Any, Mapping[str, Any]], str | ActionResult]
    available: Callable[[HttpRequest, Any], bool] = _always
    form: type[forms.Form] | None = None
    deletes: bool = False
    danger: bool = False


class ActionsAdmin(ReadOnlyOwnerAdmin[Row]):
    """A table whose rows have actions."""

    row_actions: ClassVar[tuple[Action, ...]] = ()
    change_form_outer_before_template = "admin/pages/_actions.html"

    def get_urls(self) -> list[URLPattern]:
        """Add a page for each action."""
        address = path(
            "<path:object_id>/do/<slug:name>/",
            self.admin_site.admin_view(sensitive_post_parameters()(self.action_view)),
            name=f"{self._table}_action",
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
        """Show the available actions."""
        row = self.get_object(request, unquote(object_id)) if object_id else None
        available = [
            {"label": one.label, "danger": one.danger, "url": self._address(object_id or "", one)}
            for one in self.row_actions
            if row is not None and one.available(request, row)
        ]
        context = {"row_actions": available, **(extra_context or {})}
        return super().changeform_view(request, object_id, form_url, context)

    def action_view(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        """Explain what will happen; perform it by POST."""
        row = self.get_object(request, unquote(object_id))
        action = next((one for one in self.row_actions if one.name == name), None)
        if row is None or action is None or not self.has_view_permission(request, row):
            raise Http404
        if not action.available(request, row):
            raise Http404
        back = reverse(f"admin:{self._table}_change", args=[object_id])
        posted = request.method == "POST"
        form = action.form(request.POST if posted else None) if action.form else None
        if posted and (form is None or form.is_valid()):
            title = str(row)
            try:
                done = action.perform(request, row, form.cleaned_data if form else {})
            except ActionRefused as refused:
                messages.error(request, str(refused))
                return redirect(back)
            if not action.deletes:
                self.log_change(request, row, action.label)
            if action.deletes:
                back = reverse(f"admin:{self._table}_changelist")
            if isinstance(done, ActionResult):
                return self._page(
                    request, "admin/pages/action_result.html", title, done.title, result=done, back=back
                )
            messages.success(request, done)
            return redirect(back)
        context = {
            "action": action,
            "explanation": action.explanation(request, row),
            "form": form,
            "back": back,
        }
        return self._page(request, "admin/pages/confirm_action.html", str(row), action.label, **context)

    def _page(
        self, request: HttpRequest, template: str, row: str, title: str, **context: Any
    ) -> TemplateResponse:
        return page_response(
            self.admin_site, request, template, title=title, subtitle=row, opts=self.opts, **context
        )

    def _address(self, object_id: str, action: Action) -> str:
        return reverse(f"admin:{self._table}_action", args=[object_id, action.name])
