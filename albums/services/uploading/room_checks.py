"""Room for files that are about to arrive: the account's quota, and the disk."""

from django.contrib.auth.models import User

from albums.exceptions import RefusalCode, UploadRefused
from albums.services.uploading.partial_files import room_for
from albums.services.uploading.quotas import quota_use

# Names, fields and boundaries around the files of a form.
_FORM_BYTES = 2**20


def upload_room_check(*, owner: User, size: int) -> None:
    """Raise UploadRefused when files of so many bytes in one request cannot fit, before they arrive.

    What the form adds to the files, and files that exist already, are allowed for; each file is checked again
    when it is stored.
    """
    use = quota_use(owner.pk)
    if use.most and use.used + size - _FORM_BYTES > use.most:
        detail = f"The storage of this account is full: {use.used:,} of {use.most:,} bytes are used."
        values = {"used_bytes": use.used, "most_bytes": use.most}
        raise UploadRefused(RefusalCode.QUOTA_EXCEEDED, detail, values)
    if not room_for(size):
        raise UploadRefused(RefusalCode.NO_ROOM)
