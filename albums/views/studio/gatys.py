"""The page of the thorough painter style: the choice of a picture and of weights."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from albums.error_messages import job_message
from albums.gatys_forms import GatysForm
from albums.http.body_limits import pictures, takes_bodies
from albums.http.current_user import current_user
from albums.http.decorators import form_view
from albums.http.job_files import picture_upload
from albums.models import Rendition
from albums.services.styling.gatys import GATYS, gatys_missing
from albums.services.styling.sources import STYLE_FILE, StyleSource
from albums.views.studio.starting import NewJob, job_form_page
from albums.views.studio.style import MOST_STYLE_PHOTOS, photo_named, photos_of


@takes_bodies(pictures)
@form_view
def gatys(request: HttpRequest) -> HttpResponse:
    """Paint a photo thoroughly: ?photo=ID shows the form, POST starts the job."""
    user = current_user(request)
    if request.method == "POST":
        image = photo_named(user, request.POST.get("image", ""))
        form = GatysForm(request.POST, request.FILES, user=user)
    elif "photo" in request.GET:
        image = photo_named(user, request.GET["photo"])
        form = GatysForm(user=user, initial={"image": image, "style": StyleSource.UPLOAD})
    else:
        # A photo is selected on the page of the fast style, from which a link leads here.
        return redirect("albums:style")
    missing = gatys_missing()
    context = {
        "image": image,
        "rendition": image.renditions.filter(kind=Rendition.Kind.PREVIEW).first(),
        "style_photos": photos_of(user).exclude(pk=image.pk)[:MOST_STYLE_PHOTOS],
        "selected": form["style"].value(),
        "missing": job_message(missing, {}, of_kind=GATYS.errors) if missing else "",
        "weights": [form["content_weight"], form["style_weight"], form["smoothness"]],
    }
    return job_form_page(request, form, template="studio/gatys.html", new_job=_new_job, context=context)


def _new_job(form: GatysForm) -> NewJob:
    inputs = form.inputs()
    files = {}
    if inputs["source"] == StyleSource.UPLOAD:
        files[STYLE_FILE] = picture_upload(form.cleaned_data["style_file"])
    return NewJob(kind=GATYS.name, inputs=inputs, options=form.options(), files=files)
