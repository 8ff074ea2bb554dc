"""The page of painter styles: the choice of a photo, a style and options, with a preview."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from albums.exceptions import JobFailed, JobProblem, Refused, UploadRefused
from albums.http.body_limits import pictures, takes_bodies
from albums.http.current_user import current_user
from albums.http.decorators import action_view, form_view, page_view
from albums.http.htmx import HtmxRequest
from albums.http.job_files import picture_upload
from albums.http.job_texts import job_problem_text
from albums.http.toasts import toast
from albums.models import Image, Job, JobFile, Rendition
from albums.services.core.limits import image_limits, studio_limits
from albums.services.core.originals import original_file
from albums.services.styling.examples import VERSION, style_example
from albums.services.styling.previews import StylePicture, style_preview
from albums.services.styling.saving import result_albums, result_save
from albums.services.styling.sources import STYLE_FILE, StyleSource
from albums.services.styling.styles import BUILTIN_STYLES, builtin_style_named
from albums.style_forms import StyleForm
from albums.tasks import enqueue_reading
from albums.views.studio.starting import NewJob, job_form_page

KIND = "style"
MOST_PHOTOS = 48
"""Photos to choose from; any other is painted from its own page."""
MOST_STYLE_PHOTOS = 23
A_YEAR = 365 * 24 * 3600


@takes_bodies(pictures)
@form_view
def style(request: HttpRequest) -> HttpResponse:
    """Paint a photo: ?photo=ID shows the form, POST starts the job. Without a photo, the user selects one."""
    user = current_user(request)
    if request.method != "POST":
        if not request.GET.get("photo"):
            return render(request, "studio/style_photos.html", {"photos": photos_of(user)[:MOST_PHOTOS]})
        image = photo_named(user, request.GET["photo"])
        form = StyleForm(user=user, initial={"image": image, "style": BUILTIN_STYLES[19].slug})
    else:
        image = photo_named(user, request.POST.get("image", ""))
        form = StyleForm(request.POST, request.FILES, user=user)
    context = _context(user, image, form)
    return job_form_page(request, form, template="studio/style.html", new_job=_new_job, context=context)


@takes_bodies(pictures)
@action_view
def preview(request: HtmxRequest) -> HttpResponse:
    """Show a small picture of the painting, in the page or, for htmx, alone."""
    user = current_user(request)
    image = photo_named(user, request.POST.get("image", ""))
    form = StyleForm(request.POST, request.FILES, user=user)
    context, status = _context(user, image, form), 400
    if form.is_valid():
        try:
            # A link is fetched by the job alone: it may take ten seconds.
            linked = form.inputs()["source"] == StyleSource.LINK
            context["preview_url"], status = "" if linked else _preview_url(form, image), 200
            context["linked"] = linked
        except (JobProblem, Refused) as problem:
            form.add_error(None, job_problem_text(problem, kind=KIND))
    if not request.htmx:
        return render(request, "studio/style.html", context, status=status)
    # htmx swaps only successful responses.
    return render(request, "studio/_style_preview.html", context)


@page_view
def example(request: HttpRequest, slug: str) -> HttpResponse:
    """Send a built-in style on a drawn picture. Its address changes with its content (?v=)."""
    try:
        content = style_example(builtin_style_named(slug))
    except JobFailed as problem:
        raise Http404(problem.code) from problem
    response = HttpResponse(content, content_type="image/jpeg")
    if request.GET.get("v") == str(VERSION):
        patch_cache_control(response, private=True, max_age=A_YEAR, immutable=True)
    return response


@action_view
def save(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Store a picture that a job has made as a photo. POST: album, the id of one of the photo's albums."""
    job = get_object_or_404(Job.objects.visible_to(current_user(request)), pk=pk)
    file = get_object_or_404(JobFile.objects.select_related("job__owner"), job=job, name=name)
    selected = request.POST.get("album", "")
    album = next((one for one in result_albums(job) if str(one.pk) == selected), None)
    try:
        outcome = result_save(file=file, album=album)
    except (JobProblem, UploadRefused) as problem:
        toast(request, job_problem_text(problem, kind=job.kind))
        return redirect("albums:job", pk)
    if outcome.image is None or outcome.code:
        toast(request, outcome.why)
        return redirect("albums:job", pk)
    if outcome.image.state == Image.State.STORED:
        enqueue_reading([outcome.image.pk])
    toast(request, _("Saved as a photo."))
    return redirect("albums:photo", outcome.image.pk)


def _new_job(form: StyleForm) -> NewJob:
    inputs = form.inputs()
    files = {}
    if inputs["source"] == StyleSource.UPLOAD:
        files[STYLE_FILE] = picture_upload(form.cleaned_data["style_file"])
    return NewJob(kind=KIND, inputs=inputs, options=form.options(), files=files)


def _preview_url(form: StyleForm, image: Image) -> str:
    inputs = form.inputs()
    with _style_picture(form, inputs["source"]) as picture:
        jpeg = style_preview(image=image, inputs=inputs, options=form.options(), picture=picture)
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg.data).decode('ascii')}"


@contextmanager
def _style_picture(form: StyleForm, source: StyleSource) -> Iterator[StylePicture | None]:
    match source:
        case StyleSource.UPLOAD:
            yield StylePicture(form.cleaned_data["style_file"], studio_limits())
        case StyleSource.PHOTO if form.style_image:
            with original_file(form.style_image) as original:
                yield StylePicture(original, image_limits(), form.style_image.turns)
        case _:
            yield None


def _context(user: User, image: Image, form: StyleForm) -> dict[str, Any]:
    styles = [{"style": style, "value": style.slug, "version": VERSION} for style in BUILTIN_STYLES]
    return {
        "form": form,
        "image": image,
        "rendition": image.renditions.filter(kind=Rendition.Kind.PREVIEW).first(),
        "styles": styles,
        "style_photos": photos_of(user).exclude(pk=image.pk)[:MOST_STYLE_PHOTOS],
        "selected": form["style"].value(),
    }


def photos_of(user: User) -> Any:
    """Return the photos that an account can paint or paint like, with their thumbnails."""
    return Image.objects.visible_to(user).ready().prefetch_renditions(Rendition.Kind.THUMBNAIL)


def photo_named(user: User, key: str) -> Image:
    """Return the account's photo with this id. Raises Http404."""
    if not (key.isascii() and key.isdecimal() and len(key) < 19):
        raise Http404("no such photo")
    return get_object_or_404(Image.objects.visible_to(user).ready(), pk=int(key))
