"""Names to choose from while one is typed, with a face for each."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from albums.http.current_user import current_user
from faces.models import Person
from faces.services.people.name_search import people_matching
from faces.services.people.stats import stats_refresh
from faces.views.cards import for_cards

NAMES_OFFERED = 8


@never_cache
@login_required
@require_safe
def names(request: HttpRequest) -> JsonResponse:
    """People whose name has `q` in it, best first: id, name, crop (an address, empty without one), faces."""
    user = current_user(request)
    found = people_matching(owner=user, text=request.GET.get("q", "")[:200])[:NAMES_OFFERED]
    stats_refresh(owner_id=user.pk)
    rows = {row.pk: row for row in for_cards(Person.objects.visible_to(user).filter(pk__in=found))}
    people = [
        {
            "id": row.pk,
            "name": row.name,
            "crop": reverse("faces:crop", args=[row.shown_face_id]) if row.shown_face_id else "",
            "faces": row.face_count,
        }
        for row in (rows[pk] for pk in found if pk in rows)
    ]
    return JsonResponse({"people": people})
