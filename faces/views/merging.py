"""The question before a merge of people who are together in photos."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from albums.http.htmx import HtmxRequest
from faces.models import Person
from faces.services.reviewing.merging import people_in_common

ONCE, TWICE = "once", "twice"
"""Values of `together`: the other faces of the common photos become unassigned, or the photos allow both."""


def merge_question(
    request: HtmxRequest, people: Sequence[Person], user: User, *, of_list: bool = False
) -> HttpResponse | None:
    """Ask what a merge does in the photos that the people share; None if they share none or it is answered.

    The answer repeats the request with `together`. of_list: they were selected on the page of all people, to
    which "Cancel" returns.
    """
    if request.POST.get("together") in {ONCE, TWICE}:
        return None
    found = people_in_common(people=people, user=user)
    if not found.photos:
        return None
    context: dict[str, Any] = {
        "found": found,
        "people": people,
        "address": request.path,
        "fields": [
            (name, value)
            for name, values in request.POST.lists()
            if name not in {"csrfmiddlewaretoken", "together"}
            for value in values
        ],
        "back": reverse("faces:people")
        if of_list or request.POST.get("from") == "people"
        else reverse("faces:person", args=[people[0].pk]),
    }
    if not request.htmx:
        return render(request, "faces/merge_together.html", context)
    response = render(request, "faces/_merge_together.html", context)
    response.headers["HX-Retarget"] = "#dialog-content"
    response.headers["HX-Reswap"] = "innerHTML"
    return response
