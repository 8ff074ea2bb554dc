"""Changes of very many selected photos, made by a job whose progress the page follows; and turns."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from albums.http.current_user import current_user
from albums.http.decorators import page_view
from albums.http.htmx import wants_json
from albums.http.job_texts import job_texts
from albums.job_tasks import enqueue_job
from albums.models import Job, PhotoChange
from albums.number_formats import with_numbers
from albums.services.editing.photo_changes import EDITING, TURNING


def followed(request: HttpRequest, job: Job) -> HttpResponse:
    """Enqueue a job that changes photos, and lead to its page, or return to a script where it follows it."""
    enqueue_job(job.pk)
    if not wants_json(request):
        return redirect("albums:job", job.pk)
    data = {"message": _progress(job), "job": reverse("albums:change_state", args=[job.pk])}
    return JsonResponse(data)


@page_view
def state(request: HttpRequest, pk: int) -> JsonResponse:
    """Return the state of a job that changes photos as JSON; after its end with a message and its undo."""
    user = current_user(request)
    job = get_object_or_404(Job.objects.visible_to(user), pk=pk, kind__in=(EDITING, TURNING))
    if job.unfinished:
        return JsonResponse({"message": _progress(job), "unfinished": True})
    change = PhotoChange.objects.visible_to(user).filter(pk=job.inputs["change"]).first()
    data: dict[str, Any] = {"message": job_texts(job).error or gettext("This job was cancelled.")}
    if job.kind == TURNING:
        data["turned"] = True
    if job.state == Job.State.DONE and change:
        data["message"] = _result(change, job)
    if change and change.photos and not change.undone_at:
        data["undo"] = reverse("albums:photo_change_undo", args=[change.pk])
    return JsonResponse(data)


def undone_text(change: PhotoChange, restored: int) -> str:
    """Return the text about a change of which so many photos were restored."""
    text = gettext("Undone: %(summary)s") % {"summary": change.summary}
    if since := change.photos - restored:
        words = ngettext(
            "%(count)s photo was changed again or erased since: it stays as it is.",
            "%(count)s photos were changed again or erased since: they stay as they are.",
            since,
        )
        text += " " + with_numbers(words, count=since)
    return text


def changed_text(change: PhotoChange | None, skipped: int) -> str:
    """Return the text about a change."""
    text = change.summary if change else gettext("Nothing has changed.")
    if skipped:
        words = ngettext(
            "%(count)s photo stays as it is: it has no date, or would be in the future.",
            "%(count)s photos stay as they are: they have no date, or would be in the future.",
            skipped,
        )
        text += " " + with_numbers(words, count=skipped)
    return text


def _progress(job: Job) -> str:
    turning, waiting = job.kind == TURNING, job.state == Job.State.WAITING
    texts = {
        (True, True): gettext("The photos are being turned…"),
        (True, False): gettext("The photos are being turned: %(percent)d %%"),
        (False, True): gettext("The photos are being changed…"),
        (False, False): gettext("The photos are being changed: %(percent)d %%"),
    }
    return texts[turning, waiting] % {"percent": job.percent}


def _result(change: PhotoChange, job: Job) -> str:
    result = job.result
    if job.options["back"]:
        text = undone_text(change, result["photos"])
    else:
        text = changed_text(change if change.photos else None, result["skipped"])
    if failed := result["failed"]:
        words = ngettext(
            "%(count)s photo wasn't turned: its original can't be read.",
            "%(count)s photos weren't turned: their originals can't be read.",
            failed,
        )
        text += " " + with_numbers(words, count=failed)
    return text
