"""An account goes, with everything that is its own: rows, files, sessions.

Each app that keeps something of an owner registers how that goes, as with `progress`.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from albums.models import Image
from albums.services.accounts.accounts import sessions_end
from albums.storage import folder_empty, stored_below

logger = logging.getLogger(__name__)

FOLDERS = ("originals", "renditions", "uploads")
"""In each of them an owner's files are in a folder named by the owner's id."""

ERASED: tuple[tuple[str, str], ...] = (
    (
        "",
        (
            "UPDATE albums_album SET cover_id = NULL WHERE cover_id IN "
            "(SELECT id FROM albums_image WHERE owner_id = %(owner)s)"
        ),
    ),
    (
        "",
        (
            "DELETE FROM albums_albumimage WHERE image_id IN "
            "(SELECT id FROM albums_image WHERE owner_id = %(owner)s) "
            "OR album_id IN (SELECT id FROM albums_album WHERE owner_id = %(owner)s)"
        ),
    ),
    (
        "renditions",
        (
            "DELETE FROM albums_rendition WHERE image_id IN "
            "(SELECT id FROM albums_image WHERE owner_id = %(owner)s)"
        ),
    ),
    ("photos", "DELETE FROM albums_image WHERE owner_id = %(owner)s"),
    (
        "links",
        (
            "DELETE FROM albums_sharelink WHERE album_id IN "
            "(SELECT id FROM albums_album WHERE owner_id = %(owner)s)"
        ),
    ),
)
"""Kind of row, empty where it is not counted, and how it goes. Row by row, with a signal for each, a large
library would take minutes; a reference that was forgotten here fails the whole transaction."""

LABELS = {
    "photos": _("Photos"),
    "renditions": _("Smaller pictures of them"),
    "albums": _("Albums"),
    "links": _("Share links"),
    "files": _("Files"),
    "sessions": _("Places where you were signed in"),
}


class LastAdministrator(Exception):
    """Others would be left here without anybody who runs the place."""


@dataclass(frozen=True, slots=True)
class Eraser:
    """How an app's part goes.

    prepare: called before the transaction, so that nothing new is made meanwhile. erase: called in it;
    returns counts by kind. labels: kind -> words for a person.
    """

    prepare: Callable[[User], None]
    erase: Callable[[User], dict[str, int]]
    labels: Mapping[str, object]


_erasers: list[Eraser] = []


def register(eraser: Eraser) -> None:
    """Add an app's part. Called from `AppConfig.ready`; twice is once."""
    if eraser not in _erasers:
        _erasers.append(eraser)


def labels() -> dict[str, object]:
    """Words for the kinds of a receipt."""
    every: dict[str, object] = dict(LABELS)
    for eraser in _erasers:
        every |= eraser.labels
    return every


def may_go(user: User) -> bool:
    """Whether the account may be deleted: not the last of those who run a place that others use."""
    if not user.is_superuser:
        return True
    others = User.objects.filter(is_active=True).exclude(pk=user.pk)
    return not others.exists() or others.filter(is_superuser=True).exists()


def account_delete(*, user: User) -> dict[str, int]:
    """Delete an account with all that is its own; returns what is gone, counted by kind.

    The files go once the rows are gone for certain. Photos that others put into this account's albums stay
    theirs. Raises LastAdministrator.
    """
    if not may_go(user):
        raise LastAdministrator
    for eraser in _erasers:
        eraser.prepare(user)
    owner_id, storage = user.pk, Image.original.field.storage
    with transaction.atomic():
        counts: dict[str, int] = {}
        for eraser in _erasers:
            counts |= eraser.erase(user)
        counts["albums"] = user.albums.count()
        with connection.cursor() as cursor:
            for kind, statement in ERASED:
                cursor.execute(statement, {"owner": owner_id})
                if kind:
                    counts[kind] = cursor.rowcount
        folders = [f"{folder}/{owner_id}" for folder in FOLDERS]
        files = sum(sum(1 for _name in stored_below(storage, folder)) for folder in folders)
        counts["files"] = counts.get("files", 0) + files
        counts["sessions"] = sessions_end(user=user, keep=None)
        user.delete()
        for folder in folders:
            transaction.on_commit(lambda folder=folder: folder_empty(storage, folder))  # type: ignore[misc]  # a bound default
    logger.info("Account %s deleted: %s", owner_id, counts)
    return {kind: count for kind, count in counts.items() if count}
