"""Delete an account with all of its rows, files and sessions."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import partial

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from albums.extensions import provided
from albums.models import Album, Image, Sweep
from albums.services.accounts.accounts import sessions_end
from albums.services.core.photo_counts import photo_counts
from albums.services.erasing.sweeps import sweep_request
from albums.storage import folder_empty, stored_below

logger = logging.getLogger(__name__)

# Folders of the storage in which each owner has a folder.
FOLDERS = ("originals", "renditions", "uploads", "jobs")

_IMAGES = "(SELECT id FROM albums_image WHERE owner_id = %(owner)s)"
_JOBS = "(SELECT id FROM albums_job WHERE owner_id = %(owner)s)"
_ALBUMS = "(SELECT id FROM albums_album WHERE owner_id = %(owner)s)"
# Kind (empty: not counted), table and condition, in the order of deletion. Deleting row by row, with signals,
# would take minutes for a large library. A missing reference fails the whole transaction.
_ROWS = (
    ("", "albums_albumimage", f"image_id IN {_IMAGES} OR album_id IN {_ALBUMS}"),
    ("", "albums_imagefingerprint", f"image_id IN {_IMAGES}"),
    ("", "albums_changedphoto", f"image_id IN {_IMAGES}"),
    ("", "albums_sidecar", f"image_id IN {_IMAGES}"),
    ("renditions", "albums_rendition", f"image_id IN {_IMAGES}"),
    ("", "albums_image", "owner_id = %(owner)s"),
    ("", "albums_jobfile", f"job_id IN {_JOBS}"),
    ("jobs", "albums_job", "owner_id = %(owner)s"),
    ("links", "albums_sharelink", f"album_id IN {_ALBUMS}"),
)

LABELS: Mapping[str, str | Promise] = {
    "photos": _("Photos"),
    "unread": _("Files being processed"),
    "binned": _("Photos in the bin"),
    "refused": _("Files not added"),
    "renditions": _("Thumbnails and previews"),
    "albums": _("Albums"),
    "links": _("Share links"),
    "jobs": _("Studio jobs"),
    "files": _("Files"),
    "sessions": _("Sign-in sessions"),
}


class LastAdministrator(Exception):
    """The account is the only administrator of a server that others use."""


@dataclass(frozen=True, slots=True)
class DeletedAccount:
    """A deleted account: counts of what went with it, by kind, and the request to remove it from the disk."""

    counts: dict[str, int]
    sweep: Sweep


@dataclass(frozen=True, slots=True)
class AccountData:
    """The data that an app has of an account.

    prepare: called before the transaction, to stop work that would create more. erase: called in the
    transaction; returns counts by kind. labels: the names of the kinds.
    """

    prepare: Callable[[User], None]
    erase: Callable[[User], dict[str, int]]
    labels: Mapping[str, str | Promise]


def _parts() -> list[AccountData]:
    return provided(lambda app: app.account_data)


def labels() -> dict[str, str | Promise]:
    """Return the names of the kinds that `account_delete` counts."""
    return {
        kind: label for part in (LABELS, *(one.labels for one in _parts())) for kind, label in part.items()
    }


def may_be_deleted(user: User) -> bool:
    """Return False for the last administrator of a server that others use."""
    if not user.is_superuser:
        return True
    others = User.objects.filter(is_active=True).exclude(pk=user.pk)
    return not others.exists() or others.filter(is_superuser=True).exists()


def account_delete(*, user: User) -> DeletedAccount:
    """Delete an account with all of its data; the caller enqueues the sweep.

    Files are deleted on commit. Others keep photos they added to its albums. Raises LastAdministrator.
    """
    if not may_be_deleted(user):
        raise LastAdministrator
    parts = _parts()
    for part in parts:
        part.prepare(user)
    owner_id, storage = user.pk, Image.original.field.storage
    with transaction.atomic():
        found = asdict(photo_counts(user.images.all()))
        counts = {kind: number for kind, number in found.items() if number or kind == "photos"}
        for part in parts:
            counts |= part.erase(user)
        counts["albums"] = user.albums.count()
        Album.objects.filter(cover__owner=user).update(cover=None)
        with connection.cursor() as cursor:
            for kind, table, condition in _ROWS:
                cursor.execute(f"DELETE FROM {table} WHERE {condition}", {"owner": owner_id})  # noqa: S608 - constants
                if kind:
                    counts[kind] = cursor.rowcount
        folders = [f"{folder}/{owner_id}" for folder in FOLDERS]
        files = sum(1 for folder in folders for _name in stored_below(storage, folder))
        counts["files"] = counts.get("files", 0) + files
        counts["sessions"] = sessions_end(user=user, keep=None)
        user.delete()
        sweep = sweep_request(owner_id=owner_id, files=[f"{folder}/" for folder in folders])
        for folder in folders:
            transaction.on_commit(partial(folder_empty, storage, folder))
    logger.info("Account %s deleted: %s", owner_id, counts)
    return DeletedAccount({kind: count for kind, count in counts.items() if count}, sweep)
