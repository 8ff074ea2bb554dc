"""A face that a person has drawn by hand: cut out, measured and embedded like any other."""

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction

from albums.exceptions import ImageRefused
from albums.models import Image
from albums.services.core.isolation import isolated
from albums.services.core.limits import image_limits
from albums.services.core.originals import original_file
from faces.error_messages import failure_message
from faces.exceptions import FaceThereAlready, NotAFaceBox, NotThere, PhotoGone
from faces.messages import message
from faces.models import Change, Face, FaceEmbedding
from faces.picture_faces import drawn_face_in_file
from faces.services.core.consent import RecognitionOff, recognition_enabled
from faces.services.core.owner_pipeline import owner_models, owner_models_init, owner_models_lock_shared
from faces.services.detecting.box_matching import face_box, same_place
from faces.services.detecting.rows import embeddings_save, face_update
from faces.services.grouping.online import faces_assign_online
from faces.services.history.history import change_recorded, change_widen
from faces.services.people.naming import faces_name
from faces.vision.pipeline import FoundFace
from faces.vision.types import Box

DRAWN = "drawn"
"""The detector of a face whose box no detector has seen."""

LEAST_PIXELS = 8
"""A box is at least so wide and high, in the photo as it is looked at."""


@dataclass(frozen=True, slots=True)
class DrawnFace:
    """The face that was made. found: whether the detector saw it too, so that box and eyes are exact."""

    face: Face
    found: bool


def face_draw(*, image: Image, box: Box, by: User, name: str = "") -> DrawnFace:
    """Create a face from a drawn box, relative (0..1) to the upright photo, as one change.

    The detector runs on the box alone; without a detection there the box is used as drawn. With a name the
    face is assigned to that person; without one to a clear match, or it stays unassigned. Later scans
    preserve it. A dismissed face at the same place is restored.

    Raises NotThere for another user's photo, NotAFaceBox, FaceThereAlready, RecognitionOff, PhotoGone;
    NameRefused; VisionError when a model cannot be used, OSError when the storage fails.
    """
    mine = Image.objects.owned_by(by).ready().filter(pk=image.pk).first()
    if mine is None:
        raise NotThere
    if not recognition_enabled(by.pk):
        raise RecognitionOff
    owner_models_init(owner_ids=[by.pk])
    models = owner_models(by.pk)
    # Before any lock: this takes as long as the scan of a photo.
    try:
        with original_file(mine) as original:
            seen = isolated(
                drawn_face_in_file,
                box,
                files=[original],
                turns=mine.turns,
                least_pixels=LEAST_PIXELS,
                models=models,
                limits=image_limits(),
            )
    except ImageRefused as refusal:
        raise PhotoGone(failure_message(str(refusal.code))) from refusal
    if seen is None:
        raise NotAFaceBox
    found = seen.face
    seen_by = seen.detector if found.score else DRAWN
    with transaction.atomic():
        owner_models_lock_shared(owner_ids=[by.pk])
        if not recognition_enabled(by.pk):  # switched off meanwhile
            raise RecognitionOff
        with change_recorded(owner=by, by=by, kind=Change.Kind.DRAW, faces=(), people=()) as change:
            if not Image.objects.filter(pk=mine.pk, turns=mine.turns).exists():  # turned or deleted meanwhile
                raise NotThere
            face = _face_store(mine, found, detector=seen_by, embedder=models.embedder)
            if name.strip():
                person = faces_name(faces=[face], name=name, by=by)
                change.summary = message("Added a face: %(name)s", name=person.name)
            else:
                faces_assign_online(faces=[face], vectors=[found.vector], embedder=models.embedder)
                change.summary = message("Added a face")
    face.refresh_from_db()
    return DrawnFace(face, found=found.score > 0)


def _face_store(image: Image, found: FoundFace, *, detector: str, embedder: str) -> Face:
    """The row of a drawn face, with its picture and its vector; within a change."""
    face = _dismissed_there(image, found.box) or Face(image=image)
    if face.pk:
        change_widen(faces=[face.pk])
    # The picture that a dismissed face had stays in the storage: undoing shows it again.
    face_update(face, found, owner_id=image.owner_id, detector=detector)
    face.dismissed, face.drawn, face.turns = False, True, image.turns
    face.save()
    embedding = FaceEmbedding.of_face(
        face, owner_id=image.owner_id, model=embedder, vector=found.vector, clarity=found.clarity
    )
    embeddings_save([embedding])
    return face


def _dismissed_there(image: Image, box: Box) -> Face | None:
    """Return the dismissed face in this place. Raises FaceThereAlready."""
    there = [one for one in Face.objects.filter(image=image) if same_place(face_box(one), box)]
    present = next((one for one in there if not one.dismissed), None)
    if present is not None:
        raise FaceThereAlready(present.pk)
    return max(there, key=lambda one: face_box(one).iou(box), default=None)
