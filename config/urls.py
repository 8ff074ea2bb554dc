"""The URLs of all apps."""

from django.contrib import admin
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import URLPattern, URLResolver, include, path
from django.views.decorators.cache import cache_control
from django.views.i18n import JavaScriptCatalog

from config.observability.health import healthz, readyz
from config.observability.metrics import metrics

# Before admin.site.urls, which depends on what the apps register.
admin.autodiscover()

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    # Translations for scripts, in the language of the page.
    path(
        "texts.js",
        cache_control(private=True, max_age=0)(JavaScriptCatalog.as_view(packages=["albums", "faces"])),
        name="texts",
    ),
    # For pages that name no icon: the admin, and a photo opened by itself.
    path("favicon.ico", lambda _request: redirect(static("img/logo.svg")), name="favicon"),
    path("admin/", admin.site.urls),
    path("api/v1/", include("api.urls")),
    path("settings/tokens/", include("api.token_urls")),
    path("", include("albums.sign_in_urls")),
    path("", include("albums.installed_app_urls")),
    path("", include("faces.urls")),
    path("", include("albums.urls")),
]

handler400 = "api.errors.bad_request"
handler403 = "api.errors.permission_denied"
handler404 = "api.errors.not_found"
handler500 = "api.errors.server_error"
