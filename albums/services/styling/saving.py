"""Results of the studio that become photos."""

from django.db import transaction

from albums.exceptions import JobFailed, StyleCode
from albums.models import Album, Image, Job, JobFile
from albums.services.arranging.albums import album_add_images
from albums.services.arranging.smart_albums import filled_by_hand
from albums.services.uploading.uploads import StoreOutcome, image_store

PICTURE_TYPES = frozenset({"image/jpeg", "image/png", "image/webp"})


def result_albums(job: Job) -> list[Album]:
    """Return the albums of a job's photo that its owner may add photos to."""
    albums = filled_by_hand(Album.objects.editable_by(job.owner))
    return list(albums.filter(entries__image=job.inputs.get("image")).distinct()) if _image(job) else []


def result_saveable(file: JobFile) -> bool:
    """Return True for a picture that a job has made."""
    return (
        file.role == JobFile.Role.RESULT
        and file.content_type in PICTURE_TYPES
        and file.job.state == Job.State.DONE
    )


def result_save(*, file: JobFile, album: Album | None = None) -> StoreOutcome:
    """Store a picture that a job has made as a photo of the job's owner, and remember what it is made of.

    It is stored as an uploaded file is, so a second time it is already there; a worker must read it. Raises
    JobFailed for a file that is no such picture.
    """
    job = file.job
    if not result_saveable(file):
        raise JobFailed(StyleCode.NOT_A_PICTURE)
    source = _image(job)
    outcome = image_store(owner=job.owner, source=file.file, source_path=_name(file, source))
    if outcome.image is not None and not outcome.code:
        _remember(outcome.image, job, source, album)
    return outcome


@transaction.atomic
def _remember(image: Image, job: Job, source: Image | None, album: Album | None) -> None:
    image.made_from = source
    image.made_with = {"kind": job.kind, "inputs": job.inputs, "options": job.options}
    image.save(update_fields=["made_from", "made_with"])
    if album is not None:
        album_add_images(album=album, images=Image.objects.filter(pk=image.pk), by=job.owner)


def _image(job: Job) -> Image | None:
    """Return the photo that a job was about, if its owner still sees it."""
    key = job.inputs.get("image")
    photos = Image.objects.visible_to(job.owner)
    return photos.filter(pk=key).first() if isinstance(key, int) else None


def _name(file: JobFile, source: Image | None) -> str:
    """Return the name of the new photo, such as "beach (great-wave).jpg"."""
    extension = file.name.rpartition(".")[2]
    stem = (source.name.rpartition(".")[0] or source.name) if source else f"{file.job.kind}-{file.job.pk}"
    return f"{stem} ({file.job.inputs.get('style') or file.job.kind}).{extension}"
