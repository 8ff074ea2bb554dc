"""Addresses of the installed app, for everybody. The service worker serves the pages below its address."""

from django.urls import URLPattern, path

from albums.views import installed_app

urlpatterns: list[URLPattern] = [
    path("manifest.json", installed_app.manifest, name="manifest"),
    path("service-worker.js", installed_app.service_worker, name="service_worker"),
    path("offline/", installed_app.offline, name="offline"),
]
