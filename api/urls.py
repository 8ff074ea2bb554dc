"""Addresses of the API, all below /api/v1/."""

from django.urls import URLPattern, URLResolver, path

from api.views import changes, people, review

app_name = "api"
urlpatterns: list[URLPattern | URLResolver] = [
    path("people/", people.People.as_view(), name="people"),
    path("people/<int:pk>/", people.OnePerson.as_view(), name="person"),
    path("people/<int:pk>/merge/", people.Merge.as_view(), name="person_merge"),
    path("people/<int:pk>/split/", people.Split.as_view(), name="person_split"),
    path("faces/assign/", people.Assign.as_view(), name="faces_assign"),
    path("faces/confirm/", people.Confirm.as_view(), name="faces_confirm"),
    path("faces/reject/", people.Reject.as_view(), name="faces_reject"),
    path("faces/dismiss/", people.Dismiss.as_view(), name="faces_dismiss"),
    path("photos/<int:pk>/repeats/", people.Repeats.as_view(), name="photo_repeats"),
    path("review/", review.Review.as_view(), name="review"),
    path("review/answers/", review.Answers.as_view(), name="review_answers"),
    path("review/skips/", review.Skips.as_view(), name="review_skips"),
    path("changes/", changes.Changes.as_view(), name="changes"),
    path("changes/<int:pk>/undo/", changes.Undo.as_view(), name="change_undo"),
]
