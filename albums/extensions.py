"""The registry by which another app extends albums.

An app passes one `Extension` to `register` in `AppConfig.ready`. Services, pages and admin pages of albums
read what the apps provide with `provided`. Each type is documented where it is used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from django.db.models import Model

if TYPE_CHECKING:
    # The modules that use these types read the registry.
    from albums.admin.accounts import AccountCount
    from albums.admin.dashboard import CardSource
    from albums.admin.jobs import JobSection
    from albums.services.accounts.account_deletion import AccountData
    from albums.services.arranging.memories import UnwantedSource
    from albums.services.arranging.near_photos import ScoreSource
    from albums.services.arranging.smart_albums import SmartAlbumKind
    from albums.services.core.installed_models import ModelPath
    from albums.services.core.people_names import NameSource
    from albums.services.core.progress import FailureSource, StageSource
    from albums.services.downloading.data_export import FileSource
    from albums.services.jobs.kinds import JobKind
    from albums.services.reading.regeneration import Regenerate
    from albums.services.searching.search_part import SearchPart
    from albums.services.upkeep.storage_use import FileKind
    from albums.services.uploading.gallery_folders import GallerySource
    from albums.services.uploading.upload_progress import BatchStageSource
    from albums.views.photo_navigation import PhotoListSource
    from albums.views.studio.tools import StudioTool

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """All that one app adds to albums, in the order in which it is shown or run."""

    app: str
    # Progress: of all of an owner's photos, of the last upload, and the photos that failed.
    stages: Sequence[StageSource] = ()
    batch_stages: Sequence[BatchStageSource] = ()
    failures: Sequence[FailureSource] = ()
    # Search, shown before the parts of albums: classes, since a part reads its choices once for one search.
    # And lists of photos, by the query parameter that names one.
    search_parts: Sequence[type[SearchPart]] = ()
    photo_lists: Mapping[str, PhotoListSource] = field(default_factory=dict)
    people_names: Sequence[NameSource] = ()
    # How clear the faces in photos are, by which the best of similar photos is found.
    face_scores: Sequence[ScoreSource] = ()
    unwanted_memories: Sequence[UnwantedSource] = ()
    smart_albums: Sequence[SmartAlbumKind] = ()
    # Long work in the background, and the tools of the studio that start it.
    job_kinds: Sequence[JobKind] = ()
    studio_tools: Sequence[StudioTool] = ()
    # Look-alike galleries that are imported from folders of people.
    galleries: Sequence[GallerySource] = ()
    # Files that are made from the originals, by the name of their kind.
    regenerated: Mapping[str, Regenerate] = field(default_factory=dict)
    # Files of models for pictures, by the name of the model.
    model_paths: Sequence[ModelPath] = ()
    # An owner's data: exported, deleted with the account, and its size.
    export_files: Sequence[FileSource] = ()
    account_data: Sequence[AccountData] = ()
    file_kinds: Sequence[FileKind] = ()
    tables: Sequence[type[Model]] = ()
    # The administration.
    dashboard_cards: Sequence[CardSource] = ()
    job_sections: Sequence[JobSection] = ()
    account_counts: Sequence[AccountCount] = ()


_registered: dict[str, Extension] = {}


def register(extension: Extension) -> None:
    """Add what an app provides, or replace what it provided before."""
    _registered[extension.app] = extension


def unregister(extension: Extension) -> None:
    """Remove what an app provides."""
    _registered.pop(extension.app, None)


def provided(part: Callable[[Extension], Iterable[T]]) -> list[T]:
    """Return what all apps provide of one part, in the order of INSTALLED_APPS."""
    return [item for extension in _registered.values() for item in part(extension)]
