"""The settings page of API tokens."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from albums.http.current_user import current_user
from albums.http.decorators import action_view, cacheable_form_view
from albums.http.toasts import toast
from api.forms import TokenForm
from api.models import ApiToken
from api.tokens import token_create, token_revoke


@never_cache
@cacheable_form_view
def tokens(request: HttpRequest) -> HttpResponse:
    """Show the account's tokens and a form for a new one. Its secret is shown once, after it is created."""
    user = current_user(request)
    form = TokenForm(request.POST if request.method == "POST" else None, staff=user.is_staff)
    secret = ""
    if request.method == "POST" and form.is_valid():
        name, scopes = form.cleaned_data["name"], form.cleaned_data["scopes"]
        _token, secret = token_create(user=user, name=name, scopes=scopes, expires_at=form.expires_at())
        form = TokenForm(staff=user.is_staff)
    context = {"form": form, "secret": secret, "tokens": ApiToken.objects.filter(user=user)}
    return render(request, "settings/tokens.html", context, status=400 if form.errors else 200)


@action_view
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Revoke a token."""
    if not token_revoke(user=current_user(request), pk=pk):
        raise Http404
    toast(request, _("Revoked. Programs that use this token no longer have access."))
    return redirect("tokens:tokens")
