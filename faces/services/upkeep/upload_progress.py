"""Progress of scanning the photos of one visit to the upload page."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from albums.number_formats import with_numbers
from albums.querysets import ImageQuerySet
from albums.services.uploading.upload_progress import BatchStage
from faces.models import Face, FaceScan
from faces.services.core.consent import recognition_enabled


def scan_batch_stage(owner_id: int, images: ImageQuerySet) -> BatchStage | None:
    """Return the progress of scans, failed ones included; None if face recognition is off."""
    if not recognition_enabled(owner_id):
        return None
    images = images.order_by()
    total = images.count()
    done = FaceScan.objects.filter(image__in=images).exclude(state=FaceScan.State.PENDING).count()
    faces = Face.objects.filter(image__in=images).count()
    photo_words = ngettext(
        "%(done)s of %(total)s photo scanned", "%(done)s of %(total)s photos scanned", total
    )
    face_words = ngettext("%(count)s face", "%(count)s faces", faces)
    words = _("%(photos)s, %(faces)s") % {
        "photos": with_numbers(photo_words, done=done, total=total),
        "faces": with_numbers(face_words, count=faces),
    }
    return BatchStage(words, done=done, total=total)
