"""Where files of this app live in the storage, and how one is put there.

Names are made of ids and digests alone: a file name that a person chose never becomes part of a path.
"""

from typing import Protocol

from django.core.files.base import File
from django.core.files.storage import Storage


class _Original(Protocol):
    """What of an image makes its name; the models themselves stand above this module."""

    owner_id: int
    sha256: str


class _Rendition(Protocol):
    """What of a rendition makes its name."""

    kind: str

    @property
    def image(self) -> _Original: ...


def original_name(image: _Original, filename: str) -> str:
    """The storage name of an original; of `filename` only a plain extension is used."""
    extension = filename.rpartition(".")[2].lower()
    if not (extension.isascii() and extension.isalnum() and len(extension) <= 5):
        extension = "bin"
    return f"originals/{image.owner_id}/{image.sha256[:2]}/{image.sha256}.{extension}"


def rendition_name(rendition: _Rendition, _filename: str) -> str:
    """The storage name of a rendition, beside others of the same image."""
    image = rendition.image
    return f"renditions/{image.owner_id}/{image.sha256[:2]}/{image.sha256}-{rendition.kind}.jpg"


def put_file(storage: Storage, name: str, content: "File[bytes]") -> str:
    """Store `content` under exactly `name`, in place of what a killed worker may have left there.

    The caller holds the row that owns the name, so nobody else can be writing it. Without the delete a
    storage would choose another name, and the leftover would stay for ever.
    """
    if storage.exists(name):
        storage.delete(name)
    return storage.save(name, content)
