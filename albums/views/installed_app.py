"""Installation as an app: the description for the browser, the service worker and the offline page."""

import hashlib
import json
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

# Those of static/css/tokens.css.
PAPER = "#f8f6f2"
# name, side, purpose. tests/demo/app_icons.py draws them.
ICONS = (("app-192", 192, "any"), ("app-512", 512, "any"), ("app-maskable-512", 512, "maskable"))
# What the offline page shows.
OFFLINE_FILES = (
    "css/tokens.css", "css/base.css", "css/layout.css", "css/components.css", "img/logo.svg", "js/offline.js",
)  # fmt: skip
SHARED_KINDS = ("image/*", ".heic", ".heif", ".avif", ".zip", "application/zip")


@require_safe
@cache_control(private=True, max_age=0)
def manifest(_request: HttpRequest) -> JsonResponse:
    """Describe the app to the browser that installs it, in the language of the page."""
    home = reverse("albums:photos")
    content: dict[str, Any] = {
        "id": home,
        "name": settings.SITE_NAME,
        "short_name": settings.SITE_NAME,
        "description": _("Photos and the people in them, on your own server."),
        "lang": get_language(),
        "start_url": home,
        "scope": home,
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": PAPER,
        "icons": [
            {
                "src": static(f"img/{name}.png"),
                "sizes": f"{side}x{side}",
                "type": "image/png",
                "purpose": purpose,
            }
            for name, side, purpose in ICONS
        ],
        "shortcuts": [
            {"name": name, "url": reverse(view)}
            for name, view in (
                (_("Upload photos"), "albums:upload"),
                (_("Search"), "albums:search"),
                (_("Albums"), "albums:albums"),
            )
        ],
        "share_target": {
            "action": reverse("albums:share_target"),
            "method": "POST",
            "enctype": "multipart/form-data",
            "params": {"files": [{"name": "photos", "accept": list(SHARED_KINDS)}]},
        },
    }
    return JsonResponse(content, content_type="application/manifest+json")


@require_safe
@never_cache
def service_worker(_request: HttpRequest) -> HttpResponse:
    """Return the service worker, with the addresses of this installation before its code.

    Its address decides which pages it serves, so that it cannot be a static file.
    """
    path = finders.find("js/service-worker.js")
    if not isinstance(path, str):
        raise Http404
    with open(path, encoding="utf-8") as file:  # noqa: PTH123  # the path is of the finder
        code = file.read()
    addresses: dict[str, Any] = {
        "static": settings.STATIC_URL,
        "offline": reverse("offline"),
        "share": reverse("albums:share_target"),
        "upload": reverse("albums:upload"),
        "files": [static(name) for name in OFFLINE_FILES],
    }
    # Another version has another cache.
    version = hashlib.sha256((json.dumps(addresses) + code).encode()).hexdigest()[:12]
    text = f"const SETTINGS = {json.dumps(addresses | {'version': version})};\n{code}"
    return HttpResponse(text, content_type="text/javascript; charset=utf-8")


@require_safe
@cache_control(private=True, max_age=0)
def offline(request: HttpRequest) -> HttpResponse:
    """Show the page that the service worker keeps for times without a connection. It is of no account."""
    return render(request, "offline.html")


@csrf_exempt
@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def share_target(request: HttpRequest) -> HttpResponse:
    """Say that shared photos did not arrive: the service worker, which keeps them, was not running.

    They come without a token against forgery: nothing is stored.
    """
    messages.error(request, _("The shared photos did not arrive. The app is ready now: share them again."))
    return redirect("albums:upload")
