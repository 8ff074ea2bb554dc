"""All addresses, each app's in its own urls.py."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from config.favicon import favicon
from config.health import healthz

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("favicon.ico", favicon, name="favicon"),
    path("admin/", admin.site.urls),
    path("api/v1/", include("api.urls")),
    path("", include("faces.urls")),
    path("", include("albums.urls")),
]
