"""The first account, sign-in and sign-out."""

from http import HTTPStatus
from typing import Any

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import User
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from albums.account_forms import AccountForm, FirstAccountForm, SignInForm
from albums.http.client_address import client_address
from albums.http.current_user import current_user
from albums.http.decorators import cacheable_form_view
from albums.http.htmx import script_error, wants_json
from albums.http.retry_after import retry_later
from albums.services.accounts.accounts import (
    AccountExists,
    accounts_exist,
    owner_create_first,
    user_for_one_time_token,
)

CLEAR_CACHE = '"cache"'
MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"


def _token_is_right(request: HttpRequest) -> bool:
    wanted: str = settings.SETUP_TOKEN
    return not wanted or constant_time_compare(request.GET.get("token", ""), wanted)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: HttpRequest) -> HttpResponse:
    """Create the first account and sign in to it; redirect to the photos if there is one."""
    if accounts_exist():
        return redirect("albums:photos")
    if not _token_is_right(request):
        return render(request, "accounts/welcome.html", {"token_missing": True}, status=403)
    form = FirstAccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            owner = owner_create_first(
                username=form.cleaned_data["username"], password=form.cleaned_data["password1"]
            )
        except AccountExists:
            messages.error(request, _("Someone else has just created the first account."))
            return redirect("albums:sign_in")
        login(request, owner, backend=MODEL_BACKEND)
        return redirect("albums:photos")
    return render(request, "accounts/welcome.html", {"form": form})


@method_decorator(never_cache, name="dispatch")
class SignIn(LoginView):
    """Sign in with name and password, and the second step of accounts that have one.

    Scripts sign in over the page whose session has ended: GET responds with the state of the session, POST
    with the same after signing in, or with `next_step`, the address of the second step.
    """

    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Respond to a script with the state of its session, where a page would redirect."""
        if wants_json(request) and (request.method != "POST" or request.user.is_authenticated):
            return _session_state(request)
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Sign in, or lead to the second step."""
        login = Login(user=form.get_user(), redirect_url=self.get_success_url())
        response: HttpResponse = perform_password_login(self.request, {}, login)
        if not wants_json(self.request):
            return response
        if not self.request.user.is_authenticated:
            return JsonResponse({"account": None, "next_step": response.headers["Location"]})
        return _session_state(self.request)

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """Show the form again, with the time to wait after too many attempts."""
        response = super().form_invalid(form)
        if wants_json(self.request):
            sentence = " ".join(str(error) for errors in form.errors.values() for error in errors)
            response = script_error(HTTPStatus.BAD_REQUEST, "wrong_password", sentence)
        return retry_later(response, getattr(form, "retry_after", None))


def _session_state(request: HttpRequest) -> JsonResponse:
    """Return who is signed in, and the token for the forms of the page, which changes at sign-in."""
    account = request.user.pk if request.user.is_authenticated else None
    return JsonResponse({"account": account, "token": get_token(request)})


@method_decorator(never_cache, name="dispatch")
class SignOut(LogoutView):
    """Sign out, by POST only. The browser forgets the pages and pictures that it cached."""

    http_method_names = ["post", "options"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """End the session and clear the cache."""
        response = super().dispatch(request, *args, **kwargs)
        response.headers["Clear-Site-Data"] = CLEAR_CACHE
        return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_once(request: HttpRequest, token: str) -> HttpResponse:
    """Sign in by a one-time link. Opening it changes nothing, since programs open links, too."""
    user = user_for_one_time_token(token)
    if user is None:
        return render(request, "accounts/sign_in_once_gone.html", status=410)
    if request.method == "POST":
        login(request, user, backend=MODEL_BACKEND)
        return redirect("albums:account" if not user.has_usable_password() else "albums:photos")
    return render(request, "accounts/sign_in_once.html")


@never_cache
@sensitive_post_parameters()
@cacheable_form_view
def account(request: HttpRequest) -> HttpResponse:
    """Choose the name and password of an account without a password; others use the settings."""
    user = current_user(request)
    if user.has_usable_password():
        return redirect("albums:settings_account")
    # The form changes its own copy: the page must not show an invalid name.
    own_copy = User.objects.get(pk=user.pk)
    form = AccountForm(request.POST or None, instance=own_copy, address=client_address(request))
    if request.method == "POST" and form.is_valid():
        changed = form.save()
        # Keeps this session; all others end.
        update_session_auth_hash(request, changed)
        messages.success(request, _("Saved. Use this name and password to sign in from now on."))
        return redirect("albums:photos")
    return render(request, "accounts/account.html", {"form": form})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Show a page for a failed CSRF check (settings.CSRF_FAILURE_VIEW)."""
    del reason  # it is in the log
    return render(request, "403_csrf.html", status=403)
