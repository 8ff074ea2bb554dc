"""The page that starts a morph of two faces, each of a stored photo or of an uploaded picture."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from albums.exceptions import JobProblem, Refused
from albums.http.body_limits import pictures, takes_bodies
from albums.http.decorators import form_view
from albums.http.job_files import picture_upload
from albums.http.job_texts import job_problem_text
from albums.services.jobs.jobs import JobUpload
from albums.views.studio.starting import NewJob, job_start
from faces.forms import SIDES, MorphForm
from faces.models import Face
from faces.services.effects.morph import KIND
from faces.views.face_picker import face_picker
from faces.views.temporary_pictures import TemporaryPicture, camera_page
from faces.views.two_faces import (
    Given,
    given_faces,
    held_fields,
    linked_faces,
    picked_data,
    side_contexts,
)


@takes_bodies(pictures)
@form_view
def morph(request: HttpRequest) -> HttpResponse:
    """Start a morph, with uploaded pictures or stored faces as in `?first=ID&second=ID`.

    POST `pick`, a side, opens the face picker, which returns `choose`, "side:face".
    """
    if request.method != "POST":
        return _page(request, MorphForm(), linked_faces(request))
    data, pick = picked_data(request)
    partly = bool(pick) or "choose" in data or "back" in data
    form = MorphForm(data, request.FILES, partly=partly)
    given = given_faces(request, form) if form.is_valid() else {}
    if form.errors:
        return _page(request, form, given, status=400)
    if pick:
        held = {name: value for side in SIDES for name, value in held_fields(form, given, side).items()}
        held |= {name: str(data[name]) for name in MorphForm.OPTIONS if name in data}
        return face_picker(
            request,
            action=reverse("faces:morph"),
            back=gettext("Back to the morph"),
            side=pick,
            label=str(form[pick].label),
            held=held,
        )
    if partly:
        options = {name: data[name] for name in MorphForm.OPTIONS if name in data}
        return _page(request, MorphForm(initial=options), given)
    try:
        return job_start(request, _new_job(form, given))
    except (JobProblem, Refused) as problem:
        form.add_error(None, job_problem_text(problem, kind=KIND))
        return _page(request, form, given, status=409)


def _new_job(form: MorphForm, given: dict[str, Given]) -> NewJob:
    inputs: dict[str, Any] = {}
    files = {}
    for side, one in given.items():
        if isinstance(one, Face):
            inputs[side] = one.pk
        elif file := form.cleaned_data[side]:
            file.seek(0)
            files[side] = picture_upload(file)
        elif isinstance(one, TemporaryPicture):
            files[side] = JobUpload(one.content, "image/jpeg")
    return NewJob(kind=KIND, inputs=inputs, options=form.options(), files=files)


def _page(
    request: HttpRequest, form: MorphForm, given: dict[str, Given], *, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "sides": side_contexts(form, given),
        "options": [form[name] for name in MorphForm.OPTIONS],
    }
    return camera_page(request, "studio/morph.html", context, status=status)
