"""URLs of people and faces."""

from django.urls import URLPattern, URLResolver, path

from faces.views import (
    actions,
    attributes,
    changes,
    drawing,
    face_card,
    faces,
    jobs,
    lookalike,
    names,
    people,
    people_actions,
    person,
    person_albums,
    person_slideshow,
    recognition,
    review,
    review_answers,
    verify,
)
from faces.views.studio import detectors, growing_up, how_sure, live_verification, morph, shared_lookalike
from faces.views.studio import lookalike as studio_lookalike

app_name = "faces"
urlpatterns: list[URLPattern | URLResolver] = [
    # People
    path("people/", people.people, name="people"),
    path("people/act/", people_actions.people_act, name="people_act"),
    path("people/names/", names.names, name="names"),
    path("people/found/", people.found, name="people_found"),
    path("people/<int:pk>/", person.person, name="person"),
    path("people/<int:pk>/faces/", person.person_faces, name="person_faces"),
    path("people/<int:pk>/around/", person.person_around, name="person_around"),
    path("people/<int:pk>/slideshow/", person_slideshow.person_slideshow, name="person_slideshow"),
    path("people/<int:pk>/slideshow/pictures.json", person_slideshow.person_pictures, name="person_pictures"),
    path("people/<int:pk>/card/", people.card, name="person_card"),
    path("people/<int:pk>/same/<int:other_pk>/", people_actions.compare, name="compare"),
    path("people/<int:pk>/apart/<int:other_pk>/", people_actions.apart, name="apart"),
    path("people/<int:pk>/merge/", actions.merge, name="person_merge"),
    path("people/<int:pk>/visibility/", actions.visibility, name="person_visibility"),
    path("people/<int:pk>/details/", actions.details, name="person_details"),
    path("faces/act/", actions.faces_act, name="faces_act"),
    # Faces
    path("faces/<int:pk>/", face_card.face, name="face"),
    path("photos/<int:pk>/faces/", drawing.draw, name="face_draw"),
    path("faces/waiting/", faces.unassigned, name="waiting"),
    path("faces/<int:pk>/crop.jpg", faces.crop, name="crop"),
    path("photos/<int:pk>/repeats/", actions.repeats, name="photo_repeats"),
    # Review queue and history
    path("review/", review.review, name="review"),
    path("review/next/", review_answers.next_questions, name="review_next"),
    path("review/answer/", review_answers.answer_question, name="review_answer"),
    path("review/name/", review_answers.name_person, name="review_name"),
    path("review/undo/", review_answers.undo_answer, name="review_undo"),
    path("changes/", changes.changes, name="changes"),
    path("changes/<int:pk>/undo/", changes.undo, name="change_undo"),
    # Smart albums
    path("albums/of-people/", person_albums.person_album_new, name="person_album_new"),
    path("albums/<int:pk>/people/", person_albums.person_album_edit, name="person_album"),
    # Search and comparison
    path("lookalike/", lookalike.lookalike, name="lookalike"),
    path("verify/", verify.verify_page, name="verify"),
    # The studio
    path("studio/morph/", morph.morph, name="morph"),
    path("studio/growing-up/", growing_up.growing_up, name="growing_up"),
    path("studio/verify/", live_verification.live_verification, name="live_verification"),
    path("studio/verify/frame/", live_verification.frame, name="verification_frame"),
    path("studio/detectors/", detectors.detectors, name="detectors"),
    path("studio/how-sure/", how_sure.how_sure, name="how_sure"),
    # Look-alike galleries
    path("studio/lookalike/", studio_lookalike.lookalike, name="studio_lookalike"),
    path("studio/lookalike/<int:gallery>/faces/<int:pk>.jpg", studio_lookalike.crop, name="gallery_crop"),
    path("s/<slug:token>/lookalike/", shared_lookalike.lookalike, name="shared_lookalike"),
    path("s/<slug:token>/faces/<int:pk>.jpg", shared_lookalike.crop, name="shared_crop"),
    # Settings
    path("settings/faces/", recognition.recognition, name="recognition"),
    path("settings/faces/off/", recognition.recognition_off, name="recognition_off"),
    path("settings/faces/on/", recognition.recognition_on, name="recognition_on"),
    path("settings/faces/age-gender/", attributes.attributes, name="attributes"),
    path("settings/faces/age-gender/on/", attributes.attributes_on, name="attributes_on"),
    path("settings/faces/age-gender/off/", attributes.attributes_off, name="attributes_off"),
    path("settings/jobs/faces/retry/", jobs.retry, name="scans_retry"),
    path("people/<int:pk>/erase/", recognition.erase, name="person_erase"),
]
