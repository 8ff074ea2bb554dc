"""The OpenAPI schema, and two pages that present it.

Their scripts come from this server. The libraries add inline styles, which no other page allows.
"""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from drf_spectacular.views import SpectacularAPIView, SpectacularRedocView, SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny

POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; worker-src blob:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


class Schema(SpectacularAPIView):
    """The schema as YAML; with `?format=json` as JSON."""

    permission_classes = (AllowAny,)


class _Page:
    url_name = "api:schema"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Return the page with the content security policy that its library needs."""
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]  # a mix-in
        response.headers["Content-Security-Policy"] = POLICY
        return response


class SwaggerPage(_Page, SpectacularSwaggerSplitView):
    """Swagger UI, where every operation can be tried with the session or a token."""

    permission_classes = (AllowAny,)


class RedocPage(_Page, SpectacularRedocView):
    """Redoc, for reading."""

    template_name = "api/redoc.html"
    permission_classes = (AllowAny,)
