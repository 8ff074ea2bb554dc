"""Photos of a day of the year in earlier years."""

from typing import Any

from django.utils import timezone

from albums.services.arranging.memories import memories_of
from api.schema import Operation
from api.serializers.memories import MemoriesOut, MemoriesQuery
from api.views.base import ApiView


class Memories(ApiView):
    """Retrieve memories."""

    tag = "images"

    @Operation("memories_get", response=MemoriesOut, parameters=[MemoriesQuery])
    def get(self) -> dict[str, Any]:
        """Retrieve the photos of a day of the year in earlier years, by default of today.

        Archived photos and those with hidden people are left out. Of a year with more photos the first are
        listed; `date` of `images_list` finds all.
        """
        day = self.validated_query(MemoriesQuery).get("day") or timezone.localdate()
        found = memories_of(self.user, day)
        return {
            "day": f"{day:%m-%d}",
            "years": [
                {
                    "date": year.day,
                    "years_ago": year.years_ago,
                    "photos": year.total,
                    "images": [image.pk for image in year.images],
                    "names": year.names,
                }
                for year in found.years
            ],
            "previous": found.previous and f"{found.previous:%m-%d}",
            "next": found.following and f"{found.following:%m-%d}",
        }
