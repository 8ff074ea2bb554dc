"""Addresses of albums."""

from django.urls import URLPattern, URLResolver

app_name = "albums"
urlpatterns: list[URLPattern | URLResolver] = []
