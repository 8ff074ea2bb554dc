"""The faces of a photo that its owner turns: nothing that is known about them changes."""

from django.db.models import Q

from albums.models import Image
from faces.models import Face, FaceEmbedding, FaceScan
from faces.services.core.frames import box_turned, faces_turn_along
from faces.services.detecting.box_matching import faces_protected
from faces.services.history.history import changes_lock
from faces.vision.types import Box


def faces_turn(*, image: Image, turns: int) -> bool:
    """Turn the faces of a photo that was turned clockwise by `turns`; return True to have it scanned again.

    That is so if no face of it has a person or a decision: what was found in it as it lay may be false.
    Call within the transaction that turns the photo. Raises as `faces_turn_along` does.
    """
    scans = FaceScan.objects.filter(image=image)
    # Before the lock of people, as for all who take both: waits for a scan that is going on.
    list(scans.select_for_update().values_list("pk", flat=True))
    changes_lock(image.owner_id)
    faces = Face.objects.filter(image=image)
    rows = list(faces.select_for_update(of=("self",)).order_by("pk"))
    _embeddings_turn([face for face in rows if face.turns != image.turns], turns)
    faces_turn_along(image=image, faces=rows, strict=True)
    if faces.filter(Q(person__isnull=False) | Q(pk__in=faces_protected(faces))).exists():
        return False
    scans.update(state=FaceScan.State.PENDING, attempts=0, reason="", detail="")
    return True


def _embeddings_turn(faces: list[Face], turns: int) -> None:
    """Turn the boxes that vectors were computed from, so that these stay valid."""
    embeddings = list(FaceEmbedding.objects.filter(face__in=faces, box__isnull=False).defer("vector"))
    for embedding in embeddings:
        if embedding.box is not None:
            x, y, w, h = embedding.box
            box = box_turned(Box(x, y, w, h), turns)
            embedding.box = [box.x, box.y, box.w, box.h]
    FaceEmbedding.objects.bulk_update(embeddings, ["box"])
