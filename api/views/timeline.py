"""What the whole library looks like by time, and what words of a search may mean."""

from __future__ import annotations

from itertools import groupby

from rest_framework.request import Request
from rest_framework.response import Response

from albums.models import Image
from albums.services.arranging.timeline import DayCount, day_counts
from albums.services.searching.search import search_of, search_suggestions
from api.schema import operation
from api.serializers.images import TimelineOut
from api.serializers.suggestions import SuggestionsIn, SuggestionsOut
from api.views.base import ApiView
from api.views.images import TAG, search_given


class Timeline(ApiView):
    """The months."""

    @operation(
        "timeline_get",
        tag=TAG,
        gives=TimelineOut,
        example={
            "photos": 5120,
            "months": [
                {"month": "2024-07", "photos": 212, "days": 14},
                {"month": None, "photos": 61, "days": 0},
            ],
        },
    )
    def get(self, _request: Request) -> Response:
        """How many photos each month has, newest first: `date=2024-07` of the list gives them."""
        days = day_counts(Image.objects.owned_by(self.user).ready())
        months = [(month, list(found)) for month, found in groupby(days, key=_month)]
        told = {
            "photos": sum(day.photos for day in days),
            "months": [
                {
                    "month": month,
                    "photos": sum(day.photos for day in found),
                    "days": len(found) if month else 0,
                }
                for month, found in months
            ],
        }
        return Response(self.shown(TimelineOut, told))


def _month(day: DayCount) -> str | None:
    return f"{day.day:%Y-%m}" if day.day else None


class Suggestions(ApiView):
    """While one types."""

    @operation(
        "search_suggestions",
        tag=TAG,
        gives=SuggestionsOut,
        query=[SuggestionsIn],
        example={
            "groups": [
                {
                    "part": "person",
                    "heading": "People",
                    "choices": [{"value": "12", "label": "Anna Castillo"}],
                    "rest": "beach",
                }
            ]
        },
    )
    def get(self, _request: Request) -> Response:
        """What the last words of `q` may be the beginning of: people, albums, dates, places, cameras."""
        asked = search_of(search_given(self.asked(SuggestionsIn)))
        groups = [
            {
                "part": one.part.name,
                "heading": one.part.heading,
                "choices": one.choices,
                "rest": one.rest,
            }
            for one in search_suggestions(asked, self.user)
        ]
        return Response(self.shown(SuggestionsOut, {"groups": groups}))
