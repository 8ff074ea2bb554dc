"""The settings page of API tokens."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from albums.http.current_user import current_user
from albums.http.toasts import toast
from api.forms import TokenForm
from api.models import ApiToken
from api.tokens import token_create, token_revoke


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
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


@login_required
@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Revoke a token."""
    if not token_revoke(user=current_user(request), pk=pk):
        raise Http404
    toast(request, _("Revoked. Programs that use this token no longer have access."))
    return redirect("tokens:tokens")
