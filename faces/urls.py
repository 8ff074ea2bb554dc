"""Addresses of people and faces."""

from django.urls import URLPattern, URLResolver, path

from faces.views import faces, lookalike, people, verify

app_name = "faces"
urlpatterns: list[URLPattern | URLResolver] = [
    path("people/", people.people, name="people"),
    path("people/<int:pk>/", people.person, name="person"),
    path("faces/waiting/", faces.waiting, name="waiting"),
    path("faces/<int:pk>/crop.jpg", faces.crop, name="crop"),
    path("lookalike/", lookalike.lookalike, name="lookalike"),
    path("verify/", verify.verify_page, name="verify"),
]
