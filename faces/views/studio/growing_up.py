"""The page that starts an animation of a person from the earliest to the latest photo."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language

from albums.http.current_user import current_user
from albums.http.decorators import form_view
from albums.services.core.row_ids import row_id
from albums.views.studio.starting import NewJob, job_form_page
from faces.forms import GrowingUpForm
from faces.models import Person
from faces.services.effects.growing_up import KIND, dated_faces
from faces.views.decorators import recognition_required
from faces.views.people import people_in_order

PER_PAGE = 60


@recognition_required
@form_view
def growing_up(request: HttpRequest) -> HttpResponse:
    """Start the animation of `?person=ID`; without one, list the user's people, or those that match `q`."""
    user = current_user(request)
    if "person" not in request.GET:
        query = request.GET.get("q", "").strip()[:200]
        rows = people_in_order(user, hidden=False, query=query)
        page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
        return render(request, "studio/growing_up_person.html", {"page": page, "query": query})
    people = Person.objects.visible_to(user).with_shown_face()
    person = get_object_or_404(people, pk=row_id(request.GET["person"]))
    dates = list(dated_faces(user, person).values_list("image__captured_at", flat=True))
    form = GrowingUpForm(request.POST if request.method == "POST" else None)
    return job_form_page(
        request,
        form,
        template="studio/growing_up.html",
        new_job=lambda valid: NewJob(
            kind=KIND,
            inputs={"person": person.pk},
            options={**valid.cleaned_data, "language": get_language() or ""},
        ),
        context={
            "person": person,
            "faces": len(dates),
            "first": dates[0] if dates else None,
            "last": dates[-1] if dates else None,
        },
    )
