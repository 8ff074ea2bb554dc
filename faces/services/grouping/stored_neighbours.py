"""The neighbour lists of each owner's faces, stored in a file of the storage from one run to the next.

A file has ids of faces and their similarities, and no vectors. It only saves time: its lists are compared
with the vectors whenever they are used, and without it, or when it is damaged, they are computed anew.
"""

import io
import logging
import zipfile
from time import time_ns

import numpy as np
from django.core.files.base import ContentFile
from django.core.files.storage import Storage

from albums.storage import folder_empty, stored_below
from faces.models import Face
from faces.services.grouping.constraints import OwnerFaces
from faces.vision.grouping.neighbour_lists import NeighbourLists, lists_updated

logger = logging.getLogger(__name__)

LEAST_FACES = 2_000
"""Faces from which lists are stored: below, computing them takes little longer than reading them."""

VERSION = 1
"""Version of the files; those of other versions are not read."""


def neighbours_folder(owner_id: int) -> str:
    """Return the folder of an owner's files in the storage."""
    return f"neighbours/{owner_id}"


def neighbours_update(owner_id: int, faces: OwnerFaces) -> NeighbourLists | None:
    """Return the neighbour lists of an owner's faces, from the stored ones; None if there are few faces.

    The vectors are multiplied by their clarity. Nothing is stored.
    """
    if len(faces.ids) < LEAST_FACES:
        return None
    return lists_updated(_read(owner_id, faces.embedder), faces.ids, faces.scaled())


def neighbours_store(owner_id: int, embedder: str, lists: NeighbourLists | None) -> None:
    """Store these lists of an owner instead of the former ones, which are deleted last."""
    storage, folder = _storage(), neighbours_folder(owner_id)
    former = list(stored_below(storage, folder))
    if lists is not None:
        content = io.BytesIO()
        np.savez(
            content,
            ids=lists.ids,
            indices=lists.indices.astype(np.int32),
            similarities=lists.similarities,
        )
        # A name of its own: whenever the process is killed, the former file or the new one is whole.
        try:
            storage.save(f"{folder}/{_prefix(embedder)}{time_ns():020}", ContentFile(content.getvalue()))
        except OSError as error:
            logger.warning("Owner %s: the neighbours of the faces are not stored: %s", owner_id, error)
            return
    for name in former:
        storage.delete(name)


def neighbours_forget(owner_id: int) -> None:
    """Delete the stored lists of an owner."""
    folder_empty(_storage(), neighbours_folder(owner_id))


def _read(owner_id: int, embedder: str) -> NeighbourLists | None:
    """Return the newest stored lists that are whole, if there are any."""
    storage, folder = _storage(), neighbours_folder(owner_id)
    own = [name for name in stored_below(storage, folder) if name.startswith(f"{folder}/{_prefix(embedder)}")]
    for name in sorted(own, reverse=True):
        try:
            with storage.open(name, "rb") as file, np.load(file) as arrays:
                lists = NeighbourLists(
                    arrays["ids"], arrays["indices"].astype(np.int64), arrays["similarities"]
                )
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            logger.warning("Owner %s: the stored neighbours are damaged and are computed anew", owner_id)
            continue
        if _sound(lists):
            return lists
    return None


def _sound(lists: NeighbourLists) -> bool:
    """Return whether the arrays fit together."""
    count = len(lists.ids)
    return bool(
        lists.indices.ndim == 2
        and lists.indices.shape == lists.similarities.shape
        and len(lists.indices) == count
        and (np.diff(lists.ids) > 0).all()
        and ((lists.indices >= 0) & (lists.indices < count)).all()
    )


def _prefix(embedder: str) -> str:
    return f"{embedder}-v{VERSION}-"


def _storage() -> Storage:
    storage: Storage = Face.crop.field.storage
    return storage
