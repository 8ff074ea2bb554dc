"""Selected photos turned by a quarter turn, in a job whose progress the page follows."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from albums.exceptions import JobProblem, Refused
from albums.http.current_user import current_user
from albums.http.decorators import action_view, page_view
from albums.http.htmx import wants_json
from albums.http.id_params import posted_ids
from albums.http.job_texts import job_problem_text, job_texts
from albums.job_tasks import enqueue_job
from albums.models import Image, Job, PhotoChange
from albums.querysets import among
from albums.services.editing.turning import TURN, turns_start
from albums.views.photo_turn import QUARTER_TURNS
from albums.views.selection import refused


@action_view
def turn(request: HttpRequest) -> HttpResponse:
    """Turn the selected photos by a quarter turn. POST: image, to (left or right)."""
    user, ids = current_user(request), posted_ids(request, "image")
    quarters = QUARTER_TURNS.get(request.POST.get("to", ""))
    if not ids:
        return refused(request, gettext("Select at least one photo first."))
    if quarters is None:
        return refused(request, gettext("The form is incomplete."))
    try:
        job = turns_start(images=Image.objects.filter(among("pk", ids)), quarters=quarters, by=user)
    except (JobProblem, Refused) as problem:
        return refused(request, job_problem_text(problem, kind=TURN.name))
    if job is None:
        return refused(request, gettext("Nothing has changed."))
    enqueue_job(job.pk)
    return turning(request, job)


def turning(request: HttpRequest, job: Job) -> HttpResponse:
    """Lead to the page of a job that turns photos, or return to a script where it follows the job."""
    if wants_json(request):
        return JsonResponse(
            {
                "message": gettext("The photos are being turned…"),
                "job": reverse("albums:turn_state", args=[job.pk]),
            }
        )
    return redirect("albums:job", job.pk)


@page_view
def state(request: HttpRequest, pk: int) -> JsonResponse:
    """Return the state of a job that turns photos as JSON; after its end with a message and its undo."""
    user = current_user(request)
    job = get_object_or_404(Job.objects.visible_to(user), pk=pk, kind=TURN.name)
    if job.unfinished:
        message = gettext("The photos are being turned: %(percent)d %%") % {"percent": job.percent}
        return JsonResponse({"message": message, "unfinished": True})
    data: dict[str, Any] = {"message": job_texts(job).error or gettext("This job was cancelled.")}
    if job.state == Job.State.DONE:
        count = job.result["photos"]
        text = ngettext("%(count)d photo turned", "%(count)d photos turned", count)
        data["message"] = text % {"count": count}
    if failed := job.result.get("failed"):
        text = ngettext(
            "%(count)d photo wasn't turned: its original can't be read.",
            "%(count)d photos weren't turned: their originals can't be read.",
            failed,
        )
        data["message"] += " " + text % {"count": failed}
    change = PhotoChange.objects.visible_to(user).filter(pk=job.inputs["change"], undone_at=None).first()
    if change:
        data["undo"] = reverse("albums:photo_change_undo", args=[change.pk])
    return JsonResponse(data)
