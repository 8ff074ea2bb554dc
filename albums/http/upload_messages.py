"""Outcomes of uploaded files, for pages and scripts."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from albums.models import Image, UnpackedFile
from albums.services.uploading.uploads import StoreOutcome, StoreStatus


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of a file: a stable `status`, and a `label` to display."""

    name: str
    status: str
    label: str
    image_id: int | None = None

    def as_json(self) -> dict[str, str | int | None]:
        """Return the outcome for scripts."""
        return {"name": self.name, "status": self.status, "label": self.label, "image": self.image_id}


def refused_label(reason: str) -> str:
    """Return the label of a refused file."""
    return _("not added: %(reason)s") % {"reason": reason}


def stored_outcome(name: str, stored: StoreOutcome) -> Outcome:
    """Return the outcome of an uploaded file."""
    image_id = stored.image.pk if stored.image else None
    match stored.status:
        case StoreStatus.ADDED:
            # Only its header was checked; a worker may refuse the file later.
            return Outcome(name, "received", _("uploaded"), image_id)
        case StoreStatus.ALREADY_THERE:
            return Outcome(name, "already_there", _("duplicate"), image_id)
        case StoreStatus.RESTORED:
            return Outcome(name, "restored", _("restored from the bin"), image_id)
        case _:
            return Outcome(name, "refused", refused_label(stored.why))


def read_outcome(image: Image) -> Outcome:
    """Return the outcome of a stored file after reading."""
    match image.state:
        case Image.State.READY:
            return Outcome(image.name, "added", _("added"), image.pk)
        case Image.State.REFUSED:
            return Outcome(image.name, "refused", refused_label(image.why), image.pk)
        case _:
            return Outcome(image.name, "received", _("uploaded"), image.pk)


def unpacked_outcome(file: UnpackedFile) -> Outcome:
    """Return the outcome of a file in a zip; a stored file may have been refused later."""
    match file.status:
        case UnpackedFile.Status.BEGUN:
            return Outcome(file.name, "begun", _("unpacking…"))
        case UnpackedFile.Status.REFUSED:
            return Outcome(file.name, "refused", refused_label(file.why))
        case UnpackedFile.Status.ALREADY_THERE:
            return Outcome(file.name, "already_there", _("duplicate"), file.image_id)
        case _ if file.image is None:
            return Outcome(file.name, "gone", _("added, then deleted"))
        case _:
            read = read_outcome(file.image)
            return Outcome(file.name, read.status, read.label, file.image_id)
