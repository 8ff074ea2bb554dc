"""What became of a file that came in, for a person to read and a script to tell apart."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from albums.models import Image, UnpackedFile
from albums.services.uploading.uploads import StoreOutcome, StoreStatus


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file: `status` is a stable word, `label` the sentence."""

    name: str
    status: str
    label: str
    image_id: int | None = None

    def as_json(self) -> dict[str, str | int | None]:
        """As scripts have it."""
        return {"name": self.name, "status": self.status, "label": self.label, "image": self.image_id}


def refused_label(reason: str) -> str:
    """That a file was not taken, and why."""
    return _("not added: %(reason)s") % {"reason": reason}


def stored_outcome(name: str, stored: StoreOutcome) -> Outcome:
    """Of a file that has just come in."""
    image_id = stored.image.pk if stored.image else None
    match stored.status:
        case StoreStatus.ADDED:
            # Only its header was looked at: whether it is whole shows when a worker reads it.
            return Outcome(name, "received", _("uploaded"), image_id)
        case StoreStatus.ALREADY_THERE:
            return Outcome(name, "already_there", _("duplicate"), image_id)
        case StoreStatus.RESTORED:
            return Outcome(name, "restored", _("restored from the bin"), image_id)
        case _:
            return Outcome(name, "refused", refused_label(stored.why))


def read_outcome(image: Image) -> Outcome:
    """Of a file that was received, as far as the workers are with it."""
    match image.state:
        case Image.State.READY:
            return Outcome(image.name, "added", _("added"), image.pk)
        case Image.State.REFUSED:
            return Outcome(image.name, "refused", refused_label(image.why), image.pk)
        case _:
            return Outcome(image.name, "received", _("uploaded"), image.pk)


def unpacked_outcome(file: UnpackedFile) -> Outcome:
    """Of a file in a zip; what was added may have been refused since."""
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
