"""The first page: how much is here, how much is waiting, and what went wrong, as numbers."""

from collections.abc import Callable
from dataclasses import astuple, dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Count, Q
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.urls import reverse

from albums.extensions import provided
from albums.models import Image, Upload
from albums.services.core.photo_counts import photo_counts, photo_sizes
from albums.services.upkeep.storage_use import free_bytes


@dataclass(frozen=True, slots=True)
class Card:
    """A number with its words, and where one sees more. worry: something should be done about it."""

    title: str
    value: str
    detail: str = ""
    link: str = ""
    worry: bool = False


CardSource = Callable[[], list[Card]]


def numbers(_request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add the cards to the context of the first page (settings.UNFOLD)."""
    sources = (server_numbers, *provided(lambda app: app.dashboard_cards))
    return {**context, "cards": [card for source in sources for card in source()]}


def server_numbers() -> list[Card]:
    """Accounts, photos, room, and files that wait or came to nothing."""
    accounts = User.objects.aggregate(all=Count("pk"), active=Count("pk", filter=Q(is_active=True)))
    found, sizes = photo_counts(Image.objects.all()), photo_sizes(Image.objects.all())
    images = reverse("admin:albums_image_changelist")
    free = free_bytes()
    coming = Upload.objects.unfinished().count()
    return [
        Card(
            "Accounts",
            f"{accounts['active']:,}",
            detail=f"{accounts['all'] - accounts['active']:,} disabled",
            link=reverse("admin:auth_user_changelist"),
        ),
        Card("Photos", f"{found.photos:,}", detail=f"{found.binned:,} more in bins", link=images),
        Card(
            "Originals",
            str(filesizeformat(sum(astuple(sizes)))),
            detail=f"{filesizeformat(free)} free on this disk" if free is not None else "not on a local disk",
            worry=free is not None and free < 5 * 2**30,
        ),
        Card(
            "Waiting to be processed",
            f"{found.unread:,}",
            detail=f"{coming:,} uploads in progress",
            link=reverse("admin:jobs"),
        ),
        Card(
            "Files not added",
            f"{found.refused:,}",
            detail="with reasons",
            link=f"{images}?state__exact=refused",
            worry=False,
        ),
    ]
