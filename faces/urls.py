"""Addresses of people and faces."""

from django.urls import URLPattern, URLResolver, path

from faces.views import faces

app_name = "faces"
urlpatterns: list[URLPattern | URLResolver] = [
    path("faces/waiting/", faces.waiting, name="waiting"),
    path("faces/<int:pk>/crop.jpg", faces.crop, name="crop"),
]
