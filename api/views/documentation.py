"""The OpenAPI schema, and two pages that present it.

Their scripts come from this server. The libraries add inline styles, which no other page allows.
"""

from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.templatetags.static import static
from django.views.decorators.cache import cache_control
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe
from drf_spectacular.views import SpectacularAPIView, SpectacularRedocView, SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny

POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; worker-src blob:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

REDOC = "drf_spectacular_sidecar/redoc/bundles/redoc.standalone.js"
REDOC_LOGO = "https://cdn.redoc.ly/redoc/logo-mini.svg"


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


@cache
def _redoc_code() -> str:
    return Path(str(finders.find(REDOC))).read_text(encoding="utf-8")


@require_safe
@gzip_page
@cache_control(public=True, max_age=24 * 60 * 60)
def redoc_script(_request: HttpRequest) -> HttpResponse:
    """Return Redoc's script, with our logo in place of its maker's, which is on another server."""
    code = _redoc_code().replace(REDOC_LOGO, static("img/logo.svg"))
    return HttpResponse(code, content_type="text/javascript; charset=utf-8")
