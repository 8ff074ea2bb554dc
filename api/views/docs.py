"""The API described by itself: the schema, and two pages to read it and to try it out.

Their scripts come from this server, and nothing on these pages is asked of another one. The libraries write
styles into the page, which no other page may do.
"""

from __future__ import annotations

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
    """The schema; `?format=openapi-json` gives JSON in place of YAML."""

    permission_classes = (AllowAny,)


class _Page:
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer, with the policy that these libraries need."""
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]  # a mix-in
        response.headers["Content-Security-Policy"] = POLICY
        return response


class SwaggerPage(_Page, SpectacularSwaggerSplitView):
    """Swagger UI: every operation, to be tried out with the session or a token."""

    url_name = "api:schema"
    permission_classes = (AllowAny,)


class RedocPage(_Page, SpectacularRedocView):
    """Redoc: the same to be read."""

    url_name = "api:schema"
    template_name = "api/redoc.html"
    permission_classes = (AllowAny,)
