"""Addresses of faces."""

from django.urls import URLPattern, URLResolver

app_name = "faces"
urlpatterns: list[URLPattern | URLResolver] = []
