"""Addresses of people and faces."""

from django.urls import URLPattern, URLResolver, path

from faces.views import (
    actions,
    changes,
    drawing,
    face_card,
    faces,
    jobs,
    lookalike,
    people,
    person_albums,
    recognition,
    review,
    verify,
)

app_name = "faces"
urlpatterns: list[URLPattern | URLResolver] = [
    path("people/", people.people, name="people"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/merge/", actions.merge, name="person_merge"),
    path("people/<int:pk>/visibility/", actions.visibility, name="person_visibility"),
    path("people/<int:pk>/details/", actions.details, name="person_details"),
    path("faces/act/", actions.faces_act, name="faces_act"),
    # One face, and one drawn by hand.
    path("faces/<int:pk>/", face_card.face, name="face"),
    path("photos/<int:pk>/faces/", drawing.draw, name="face_draw"),
    path("photos/<int:pk>/repeats/", actions.repeats, name="photo_repeats"),
    path("review/", review.review, name="review"),
    path("changes/", changes.changes, name="changes"),
    path("changes/<int:pk>/undo/", changes.undo, name="change_undo"),
    path("faces/waiting/", faces.waiting, name="waiting"),
    path("faces/<int:pk>/crop.jpg", faces.crop, name="crop"),
    # Albums that fill themselves with the photos of people.
    path("albums/of-people/", person_albums.person_album_new, name="person_album_new"),
    path("albums/<int:pk>/people/", person_albums.person_album_edit, name="person_album"),
    path("lookalike/", lookalike.lookalike, name="lookalike"),
    path("verify/", verify.verify_page, name="verify"),
    # settings
    path("settings/faces/", recognition.recognition, name="recognition"),
    path("settings/faces/off/", recognition.recognition_off, name="recognition_off"),
    path("settings/faces/on/", recognition.recognition_on, name="recognition_on"),
    path("settings/jobs/faces/retry/", jobs.retry, name="scans_retry"),
    path("people/<int:pk>/erase/", recognition.erase, name="person_erase"),
]
