"""Changes of very many selected photos, and turns: made by a job whose progress the page follows."""

from collections.abc import Collection
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from albums.exceptions import JobFailed, JobRefused
from albums.http.action_responses import refused
from albums.http.current_user import current_user
from albums.http.decorators import page_view
from albums.http.htmx import wants_json
from albums.http.job_texts import job_problem_text, job_texts
from albums.job_tasks import enqueue_job
from albums.models import Job, PhotoChange
from albums.number_formats import with_numbers
from albums.services.editing.batches import ON_TOP_BY
from albums.services.editing.instructions import Instruction
from albums.services.editing.photo_changes import EDITING, many_photos_change


def changed_by_job(
    request: HttpRequest, ids: Collection[int], instruction: Instruction
) -> HttpResponse | None:
    """Change very many photos by a job, and respond; None for few, which the caller changes at once."""
    try:
        job = many_photos_change(ids=ids, instruction=instruction, by=current_user(request)).job
    except (JobRefused, JobFailed) as problem:
        return refused(request, job_problem_text(problem))
    return followed(request, job) if job else None


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
    job = get_object_or_404(Job.objects.visible_to(user), pk=pk, kind=EDITING)
    if job.unfinished:
        return JsonResponse({"message": _progress(job), "unfinished": True})
    changes = PhotoChange.objects.visible_to(user).select_related("album")
    change = changes.filter(pk=job.inputs["change"]).first()
    data: dict[str, Any] = {"message": job_texts(job).error or gettext("This job was cancelled.")}
    if change is None:
        return JsonResponse(data)
    if job.state == Job.State.DONE:
        data["message"] = _result(change, job)
    if change.photos and not change.undone_at:
        data["undo"] = reverse("albums:photo_change_undo", args=[change.pk])
        if change.album and change.kind == PhotoChange.Kind.ALBUM_ADD:
            data["url"] = reverse("albums:album", args=[change.album.pk])
    return JsonResponse(data | _shown(change, back=job.options["back"]))


def _shown(change: PhotoChange, *, back: bool) -> dict[str, Any]:
    """Return what a page must know to show the photos as they are now: turned, or with other hearts."""
    if change.kind == PhotoChange.Kind.TURN:
        return {"turned": True}
    if change.kind not in ON_TOP_BY:
        return {}
    on = (change.kind == PhotoChange.Kind.FAVOURITE) != back
    entries = change.entries.filter(image__favourite=on).order_by()
    return {"favourite": on, "ids": list(entries.values_list("image_id", flat=True))}


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
    if job.state == Job.State.WAITING:
        return gettext("The photos are being changed…")
    return gettext("The photos are being changed: %(percent)d %%") % {"percent": job.percent}


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
