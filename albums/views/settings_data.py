"""Settings of the data of an account: storage, jobs and export."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from albums.http.current_user import current_user
from albums.http.decorators import action_view, cacheable_form_view, page_view
from albums.http.htmx import HtmxRequest
from albums.http.id_params import posted_image_id
from albums.http.toasts import toast
from albums.number_formats import with_numbers
from albums.services.core.progress import stages
from albums.services.downloading import data_export
from albums.services.upkeep import storage_use
from albums.services.uploading.quotas import quota_use
from albums.services.uploading.retries import images_refused, images_retry
from albums.tasks import enqueue_reading

REFUSED_PER_PAGE = 25


@page_view
def storage(request: HtmxRequest) -> HttpResponse:
    """Show the use of storage. Derived files are counted for htmx and ?count=1."""
    user = current_user(request)
    derived = storage_use.derived(user, fresh=bool(request.htmx) or request.GET.get("count") == "1")
    if request.htmx:
        return render(request, "settings/_derived.html", {"derived": derived})
    context = {
        "originals": storage_use.originals(user),
        "quota": quota_use(user.pk),
        "derived": derived,
        "free": storage_use.free_bytes(),
        "tables": storage_use.tables() if user.is_staff else (),
    }
    return render(request, "settings/storage.html", context)


@page_view
def jobs(request: HttpRequest) -> HttpResponse:
    """Show the progress of the work, and the refused files, which can be retried."""
    user = current_user(request)
    found = stages(user.pk)
    page = Paginator(images_refused(user), REFUSED_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "stages": found,
        "busy": any(not stage.finished for stage in found),
        "page": page,
        "refused_count": sum(stage.refused for stage in found),
    }
    return render(request, "settings/jobs.html", context)


@action_view
def retry(request: HttpRequest) -> HttpResponse:
    """Read a refused file (`image`) or all of them again."""
    key = posted_image_id(request)
    ids = images_retry(owner=current_user(request), image_ids=None if key is None else [key])
    if key is not None and not ids:
        raise Http404
    enqueue_reading(ids)
    toast(
        request,
        with_numbers(
            ngettext("Processing %(count)s file again", "Processing %(count)s files again", len(ids)),
            count=len(ids),
        ),
    )
    return redirect("albums:settings_jobs")


@cacheable_form_view
def export(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Show the options of an export; POST streams it."""
    user = current_user(request)
    if request.method != "POST":
        size = sum(use.size for use in storage_use.originals(user))
        return render(request, "settings/export.html", {"originals_size": size})
    options = data_export.ExportOptions(
        originals=request.POST.get("originals") == "1", vectors=request.POST.get("vectors") == "1"
    )
    response = StreamingHttpResponse(
        data_export.export_stream(owner=user, options=options), content_type="application/zip"
    )
    name = _("trombine-export-%(day)s.zip") % {"day": timezone.localdate().isoformat()}
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
