"""What an owner's photos take up, by kind: how many, and how many bytes.

Each app registers its own kinds, as with `progress`. Files that have no size in the database are counted in
the storage, which takes a second for some 100,000 of them, so that is kept for a while.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connection
from django.db.models import Count, Model, Q, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from albums.models import Album, AlbumImage, Image, Rendition, Upload
from albums.storage import folder_use

KEPT_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Use:
    """A kind of thing that is kept. size: bytes of files, None where there are none. name: a stable code."""

    label: str | Promise
    count: int
    size: int | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """What an app keeps. folder: where in the storage its files are, one folder an owner, or empty."""

    label: str | Promise
    folder: str


@dataclass(frozen=True, slots=True)
class Table:
    """How many bytes a table has in the database, with its indexes, for all accounts together."""

    label: str
    size: int


_kinds: list[Kind] = [Kind(_("Smaller pictures of photos"), "renditions")]
_models: list[type[Model]] = [Image, Rendition, Album, AlbumImage, Upload]


def register(*, kinds: list[Kind], models: list[type[Model]]) -> None:
    """Add what an app keeps. Called from `AppConfig.ready`; twice is once."""
    _kinds.extend(kind for kind in kinds if kind not in _kinds)
    _models.extend(model for model in models if model not in _models)


def originals(owner: User) -> list[Use]:
    """Photos, what was refused and what is coming in, by the sizes in the database, the bin apart."""
    kept = Q(state__in=(Image.State.READY, Image.State.STORED), binned_at=None)
    found = Image.objects.filter(owner=owner).aggregate(
        photos=Count("pk", filter=kept),
        photos_size=Sum("size_bytes", filter=kept),
        binned=Count("pk", filter=Q(binned_at__isnull=False)),
        binned_size=Sum("size_bytes", filter=Q(binned_at__isnull=False)),
        refused=Count("pk", filter=Q(state=Image.State.REFUSED) & ~Q(original="")),
        refused_size=Sum("size_bytes", filter=Q(state=Image.State.REFUSED) & ~Q(original="")),
    )
    # The bytes of a zip stay until all that is in it has been taken out.
    coming = Upload.objects.filter(owner=owner, state__in=(Upload.State.COMING, Upload.State.UNPACKING))
    partial = coming.aggregate(count=Count("pk"), size=Sum("received_bytes"))
    return [
        Use(_("Original photos"), found["photos"], found["photos_size"] or 0, "photos"),
        Use(_("Photos in the bin"), found["binned"], found["binned_size"] or 0, "binned"),
        Use(_("Refused files that are kept"), found["refused"], found["refused_size"] or 0, "refused"),
        Use(_("Files that are coming in"), partial["count"], partial["size"] or 0, "coming"),
    ]


def derived(owner: User, *, fresh: bool) -> list[Use] | None:
    """What was made from the photos, counted in the storage; None when that was not done lately.

    With `fresh` it is counted now.
    """
    key = f"albums:storage-use:{owner.pk}"
    counted: list[tuple[int, int]] | None = cache.get(key)
    if fresh:
        storage = Image.original.field.storage
        counted = [folder_use(storage, f"{kind.folder}/{owner.pk}") for kind in _kinds]
        cache.set(key, counted, timeout=KEPT_SECONDS)
    if counted is None or len(counted) != len(_kinds):
        return None
    return [
        Use(kind.label, count, size, kind.folder) for kind, (count, size) in zip(_kinds, counted, strict=True)
    ]


def tables() -> list[Table]:
    """The tables with their indexes, largest first."""
    names = {model._meta.db_table: str(model._meta.verbose_name_plural) for model in _models}  # noqa: SLF001 - documented
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
    """What is free on the disk with the files; None where they are not on a disk of this machine."""
    folder = Path(settings.MEDIA_ROOT)
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free if folder.exists() else None
