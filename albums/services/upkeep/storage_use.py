"""Number and bytes of an owner's files, by kind.

Without a size in the database they are counted in the storage (a second for 100,000), and cached.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connection
from django.db.models import Count, Model, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from albums.extensions import provided
from albums.models import Album, AlbumImage, Image, Job, JobFile, Rendition, Upload
from albums.services.core.photo_counts import photo_counts, photo_sizes
from albums.storage import folder_use

CACHE_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Use:
    """Count and bytes of one kind of file; `name` is a stable code."""

    label: str | Promise
    count: int
    size: int
    name: str


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of derived file. folder: in the storage, with a folder for each owner."""

    label: str | Promise
    folder: str


@dataclass(frozen=True, slots=True)
class Table:
    """The bytes of a table with its indexes, for all accounts together."""

    label: str
    size: int


RENDITIONS = FileKind(_("Thumbnails and previews"), "renditions")
JOBS = FileKind(_("Studio results"), "jobs")
TABLES: tuple[type[Model], ...] = (Image, Rendition, Album, AlbumImage, Upload, Job, JobFile)


def originals(owner: User) -> list[Use]:
    """Return the use of photos, of unread and refused files, the bin, and unfinished uploads."""
    mine = Image.objects.filter(owner=owner)
    found, sizes = photo_counts(mine), photo_sizes(mine)
    # The bytes of a zip stay until all of it is unpacked.
    coming = Upload.objects.filter(owner=owner, state__in=(Upload.State.COMING, Upload.State.UNPACKING))
    partial = coming.aggregate(count=Count("pk"), size=Sum("received_bytes"))
    return [
        Use(_("Original photos"), found.photos, sizes.photos, "photos"),
        Use(_("Files being processed"), found.unread, sizes.unread, "unread"),
        Use(_("Photos in the bin"), found.binned, sizes.binned, "binned"),
        Use(_("Files not added"), found.refused, sizes.refused, "refused"),
        Use(_("Unfinished uploads"), partial["count"], partial["size"] or 0, "coming"),
    ]


def derived(owner: User, *, fresh: bool) -> list[Use] | None:
    """Return the use of derived files, counted now if `fresh`; None when no counts are cached."""
    kinds = [RENDITIONS, *provided(lambda app: app.file_kinds), JOBS]
    key = f"albums:storage-use:{owner.pk}"
    counted: list[tuple[int, int]] | None = cache.get(key)
    if fresh:
        storage = Image.original.field.storage
        counted = [folder_use(storage, f"{kind.folder}/{owner.pk}") for kind in kinds]
        cache.set(key, counted, timeout=CACHE_SECONDS)
    if counted is None or len(counted) != len(kinds):
        return None
    return [
        Use(kind.label, count, size, kind.folder) for kind, (count, size) in zip(kinds, counted, strict=True)
    ]


def tables() -> list[Table]:
    """Return the tables of all apps with their sizes, largest first."""
    models = [*TABLES, *provided(lambda app: app.tables)]
    names = {model._meta.db_table: str(model._meta.verbose_name_plural) for model in models}  # noqa: SLF001 - documented
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, pg_total_relation_size(quote_ident(name)::regclass) "
            "FROM unnest(%s::text[]) AS name",
            [list(names)],
        )
        rows = cursor.fetchall()
    found = [Table(names[name], size) for name, size in rows]
    return sorted(found, key=lambda table: -table.size)


def free_bytes() -> int | None:
    """Return the free bytes of the disk with the files; None when they are not on a local disk."""
    folder = Path(settings.MEDIA_ROOT)
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free if folder.exists() else None
