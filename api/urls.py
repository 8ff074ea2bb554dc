"""Addresses of the API, all below /api/v1/."""

from django.urls import URLPattern, URLResolver, path

from api.views import changes, docs, faces, people, review

app_name = "api"
urlpatterns: list[URLPattern | URLResolver] = [
    path("people/", people.People.as_view(), name="people"),
    path("people/<int:pk>/", people.OnePerson.as_view(), name="person"),
    path("people/<int:pk>/merge/", people.Merge.as_view(), name="person_merge"),
    path("people/<int:pk>/split/", people.Split.as_view(), name="person_split"),
    path("faces/assign/", faces.Assign.as_view(), name="faces_assign"),
    path("faces/confirm/", faces.Confirm.as_view(), name="faces_confirm"),
    path("faces/reject/", faces.Reject.as_view(), name="faces_reject"),
    path("faces/dismiss/", faces.Dismiss.as_view(), name="faces_dismiss"),
    path("images/<int:pk>/repeats/", faces.Repeats.as_view(), name="image_repeats"),
    path("review/", review.Review.as_view(), name="review"),
    path("review/answers/", review.Answers.as_view(), name="review_answers"),
    path("review/skips/", review.Skips.as_view(), name="review_skips"),
    path("review/skips/<str:key>/", review.OneSkip.as_view(), name="review_skip"),
    path("changes/", changes.Changes.as_view(), name="changes"),
    path("changes/<int:pk>/undo/", changes.Undo.as_view(), name="change_undo"),
    path("schema/", docs.Schema.as_view(), name="schema"),
    path("docs/", docs.SwaggerPage.as_view(), name="docs"),
    path("docs/redoc/", docs.RedocPage.as_view(), name="redoc"),
]
