"""Sign-in by the provider of a household: the way there, and the way back."""

import logging

import requests
from allauth.account.internal.decorators import login_not_required
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from albums.sign_in_adapters import HouseholdProvider

logger = logging.getLogger(__name__)


@login_not_required  # type: ignore[untyped-decorator]
@never_cache
@require_safe
def provider_login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Send the browser to the sign-in provider; without an answer of it, say so."""
    try:
        return _run(OAuth2LoginView, request, provider_id)
    except requests.RequestException:
        logger.warning("the sign-in provider does not answer")
        return render(request, "socialaccount/authentication_error.html", status=503)


@login_not_required  # type: ignore[untyped-decorator]
def provider_callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Finish the sign-in of a browser that the provider sends back."""
    return _run(OAuth2CallbackView, request, provider_id)


def _run(
    view: type[OAuth2LoginView | OAuth2CallbackView], request: HttpRequest, provider_id: str
) -> HttpResponse:
    try:
        response: HttpResponse = view.adapter_view(HouseholdProvider(request, provider_id))(request)
    except SocialApp.DoesNotExist as error:
        raise Http404 from error
    return response
