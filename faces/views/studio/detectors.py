"""Page that explains how faces are found, and starts the job for a photo."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from albums.http.body_limits import pictures, takes_bodies
from albums.http.current_user import current_user
from albums.http.decorators import form_view
from albums.http.job_files import picture_upload
from albums.models import Image
from albums.services.core.row_ids import row_id
from albums.views.studio.starting import NewJob, job_form_page
from faces.services.explaining.comparison import DETECTORS
from faces.services.explaining.job import DETECTORS_KIND, PHOTO, PICTURE
from faces.studio_forms import DetectorsForm
from faces.views.decorators import recognition_required
from faces.vision.measured_detectors import MEASURED_DETECTORS

PHOTOS_OFFERED = 12


@takes_bodies(pictures)
@recognition_required
@form_view
def detectors(request: HttpRequest) -> HttpResponse:
    """Explain the detectors, and run them all on an uploaded picture or a photo, as in `?photo=ID`."""
    user = current_user(request)
    visible = Image.objects.visible_to(user).ready()
    form = DetectorsForm(
        request.POST or None,
        request.FILES or None,
        photos=visible,
        initial={"photo": row_id(request.GET.get("photo", ""))},
    )
    selected = row_id(str(form["photo"].value() or ""))
    offered = list(Image.objects.owned_by(user).ready()[:PHOTOS_OFFERED])
    if selected and selected not in {image.pk for image in offered}:
        offered = [*visible.filter(pk=selected), *offered]
    context: dict[str, Any] = {
        "photos": offered,
        "selected": selected,
        "measured": [(DETECTORS[row.name], row) for row in MEASURED_DETECTORS],
    }
    return job_form_page(request, form, template="studio/detectors.html", new_job=_new_job, context=context)


def _new_job(form: DetectorsForm) -> NewJob:
    """Return the job of a valid form. Raises ImageRefused."""
    if file := form.cleaned_data["picture"]:
        return NewJob(kind=DETECTORS_KIND.name, files={PICTURE: picture_upload(file)})
    return NewJob(kind=DETECTORS_KIND.name, inputs={PHOTO: form.cleaned_data["photo"].pk})
