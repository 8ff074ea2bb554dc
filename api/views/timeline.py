"""The timeline of the library, and completions of a search."""

from collections import Counter
from typing import Any

from albums.models import Image
from albums.services.arranging.timeline import day_counts
from albums.services.searching.search import search_suggestions
from api.schema import Operation
from api.serializers.images import SearchQuery, SuggestionsOut, TimelineOut
from api.views.images import ImageView, search_of_query


class Timeline(ImageView):
    """Retrieve the number of photos per month."""

    @Operation("timeline_get", response=TimelineOut)
    def get(self) -> dict[str, Any]:
        """Retrieve the number of photos per month, newest first.

        `date=2024-07` of `images_list` filters the photos of a month.
        """
        photos, days = Counter[str | None](), Counter[str | None]()
        for day in day_counts(Image.objects.owned_by(self.user).in_timeline()):
            month = f"{day.day:%Y-%m}" if day.day else None
            photos[month] += day.photos
            days[month] += day.day is not None
        months = [{"month": month, "photos": count, "days": days[month]} for month, count in photos.items()]
        return {"photos": photos.total(), "months": months}


class SearchSuggestions(ImageView):
    """Complete a search."""

    @Operation("search_suggestions", response=SuggestionsOut, parameters=[SearchQuery])
    def get(self) -> dict[str, Any]:
        """Complete the last words of `q` with people, albums, dates, places and cameras."""
        search = search_of_query(self.validated_query(SearchQuery))
        return {"groups": search_suggestions(search, self.user)}
