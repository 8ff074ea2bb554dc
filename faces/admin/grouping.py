"""New grouping of an account: the plan, and its execution."""

from dataclasses import dataclass

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_safe

from albums.admin.base import counted, operator
from albums.admin_site import page, page_response
from albums.models import Image
from config.sending import BrokerUnavailable, send_at_once
from faces.admin.runs import UNDO, change_of_last_run
from faces.models import ClusteringRun, Face, Person
from faces.services.core.consent import recognition_enabled
from faces.services.grouping.cached_plan import plan_cached, plan_pending, plan_request, plan_withdraw
from faces.services.grouping.run import last_run, owner_is_stale
from faces.tasks import cluster_anew, cluster_plan

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Standing:
    """The current grouping of an account."""

    faces: int
    waiting: int
    people: int
    named: int
    stale: bool
    wanted: bool
    last: ClusteringRun | None


@page("grouping/", name="grouping")
@require_safe
def accounts(request: HttpRequest) -> HttpResponse:
    """List the accounts with photos, their number of people and the time of their last grouping."""
    operator(request)
    runs = ClusteringRun.objects.filter(owner_id=OuterRef("pk"), state=ClusteringRun.State.DONE)
    found = (
        # A join would return an account once for each photo.
        User.objects.filter(Exists(Image.objects.filter(owner_id=OuterRef("pk"))))
        .annotate(
            people_number=counted(Person.objects.all(), "owner_id"),
            run_number=counted(ClusteringRun.objects.all(), "owner_id"),
            grouped_at=Subquery(runs.order_by("-pk").values("finished_at")[:1]),
        )
        .order_by("username")
    )
    shown = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return page_response(
        admin.site, request, "admin/pages/grouping.html", title="Grouping", page=shown, is_fullwidth="1"
    )


@page("grouping/<int:owner_id>/", name="grouping_of")
@require_http_methods(["GET", "HEAD", "POST"])
def grouping_of(request: HttpRequest, owner_id: int) -> HttpResponse:
    """Show the last grouping of an account and the plan for a new one. POST: do, `plan` or `group`."""
    operator(request)
    owner = get_object_or_404(User, pk=owner_id)
    if request.method == "POST":
        return _do(request, owner)
    last = last_run(owner.pk)
    faces = Face.objects.present().filter(image__owner_id=owner.pk)
    people = Person.objects.filter(owner_id=owner.pk)
    standing = Standing(
        faces=faces.count(),
        waiting=faces.filter(person=None).count(),
        people=people.count(),
        named=people.named().count(),
        stale=owner_is_stale(owner.pk),
        wanted=recognition_enabled(owner.pk),
        last=last,
    )
    context = {
        "owner": owner,
        "standing": standing,
        "plan": plan_cached(owner.pk),
        "pending": plan_pending(owner.pk),
        "undoable": last is not None
        and change_of_last_run(last) is not None
        and UNDO.available(request, last),
    }
    title = f"Grouping of {owner.username}"
    return page_response(admin.site, request, "admin/pages/owner_grouping.html", title=title, **context)


def _do(request: HttpRequest, owner: User) -> HttpResponse:
    if not recognition_enabled(owner.pk):
        messages.error(request, "The owner has turned off face recognition.")
        return redirect("admin:grouping_of", owner.pk)
    match request.POST.get("do"):
        case "plan":
            if not plan_pending(owner.pk):
                plan_request(owner.pk)
                try:
                    send_at_once(cluster_plan, owner.pk)
                except BrokerUnavailable:
                    plan_withdraw(owner.pk)
                    raise
            messages.success(request, "The plan is being calculated. Reload this page in a moment.")
        case "group":
            send_at_once(cluster_anew, owner.pk)
            messages.success(request, "The faces are being grouped. The result appears under “Runs”.")
        case _:
            raise Http404
    return redirect("admin:grouping_of", owner.pk)
