"""Write found faces as rows of `Face` and `FaceEmbedding`, over the faces that a photo had before."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet

from albums.models import Image
from faces.models import Face, FaceEmbedding, StagedFace
from faces.services.core.pixels import portrait_store
from faces.services.detecting.box_matching import face_box, faces_match, faces_protected
from faces.services.history.history import embeddings_record
from faces.vision.pipeline import FoundFace
from faces.vision.types import Box

COLUMNS = ("x", "y", "w", "h", "landmarks", "score", "quality", "poor_reason", "crop")
"""The columns that `Face` and `StagedFace` share."""

BATCH = 1000

Found = FoundFace | StagedFace


@dataclass(slots=True)
class Replacement:
    """The faces written for some photos, with what they were written from.

    again: faces found again. new: faces that were not there. preserved, gone: faces that were not found
    again, and stay or are deleted.
    """

    written: list[tuple[Face, Found]] = field(default_factory=list)
    again: int = 0
    new: list[FaceEmbedding] = field(default_factory=list)
    preserved: int = 0
    gone: list[int] = field(default_factory=list)


def face_columns(found: Found, *, owner_id: int) -> dict[str, Any]:
    """Return the values of `COLUMNS` for a found face; stores its portrait unless it is staged already."""
    if isinstance(found, StagedFace):
        return {column: getattr(found, column) for column in COLUMNS}
    box, quality = found.box, found.quality
    return {
        "x": box.x,
        "y": box.y,
        "w": box.w,
        "h": box.h,
        "landmarks": [float(value) for value in found.landmarks.ravel()],
        "score": found.score,
        "quality": quality.overall,
        "poor_reason": str(quality.poor_reason),
        "crop": portrait_store(owner_id=owner_id, portrait=found.portrait),
    }


def face_update(face: Face, found: Found, *, owner_id: int, detector: str) -> None:
    """Set the columns of a face from what was found; not saved."""
    for column, value in face_columns(found, owner_id=owner_id).items():
        setattr(face, column, value)
    face.detector = detector


def embeddings_save(embeddings: Iterable[FaceEmbedding]) -> None:
    """Write vectors, over those that the same model computed before."""
    FaceEmbedding.objects.bulk_create(
        embeddings,
        update_conflicts=True,
        unique_fields=["face", "model"],
        update_fields=["vector", "clarity", "box"],
        batch_size=BATCH,
    )


def faces_replace(
    *,
    images: Sequence[Image],
    found: Mapping[int, Sequence[Found]],
    detector: str,
    embedder: str,
    undoable: bool = False,
) -> Replacement:
    """Replace the faces of one owner's photos with those found, by the id of the photo.

    A face that is found again keeps its row and its person. A face that is not found again is deleted unless
    the owner has decided about it (see `box_matching`); one drawn by hand stays as drawn. With `undoable`,
    within a change, the pictures of replaced faces stay in the storage and the vectors in the change.
    """
    present = Face.objects.filter(image__in=images)
    there: dict[int, list[Face]] = defaultdict(list)
    for face in present.select_for_update(of=("self",)).order_by("pk"):
        there[face.image_id].append(face)
    held = set(faces_protected(present).values_list("pk", flat=True)) if there else set()
    result = Replacement()
    updated, made, crops = list[Face](), list[Face](), list[str]()
    for image in images:
        before = there[image.pk]
        matched = faces_match(there=before, found=[_box(one) for one in found[image.pk]], held=held)
        for index, one in enumerate(found[image.pk]):
            if index in matched.same:
                face = before[matched.same[index]]
                if face.drawn:
                    continue
                updated.append(face)
                crops += [str(face.crop.name)] if face.crop else []
            elif index in matched.new:
                face = Face(image=image)
                made.append(face)
            else:
                continue
            face.turns = image.turns
            face_update(face, one, owner_id=image.owner_id, detector=detector)
            face.binned = image.binned_at is not None
            result.written.append((face, one))
        result.again += len(matched.same)
        result.preserved += len(matched.preserved)
        result.gone += [before[index].pk for index in matched.gone]
    # While the stored boxes are still those that the vectors were computed from.
    _embeddings_date(Face.objects.filter(pk__in=[face.pk for face in updated]))
    # An insert that conflicts updates the row: for many rows much faster than an update.
    Face.objects.bulk_create(
        updated,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=[*COLUMNS, "turns", "detector", "binned"],
        batch_size=BATCH,
    )
    Face.objects.bulk_create(made, batch_size=BATCH)
    owners = {image.pk: image.owner_id for image in images}
    embeddings = [
        FaceEmbedding.of_face(
            face, owner_id=owners[face.image_id], model=embedder, vector=one.vector, clarity=one.clarity
        )
        for face, one in result.written
    ]
    embeddings_save(embeddings)
    new = {face.pk for face in made}
    result.new = [embedding for embedding in embeddings if embedding.face_id in new]
    _faces_delete(result.gone, undoable=undoable)
    if not undoable:
        for crop in crops:
            transaction.on_commit(partial(Face.crop.field.storage.delete, crop))
    return result


def _faces_delete(face_ids: Sequence[int], *, undoable: bool) -> None:
    gone = Face.objects.filter(pk__in=face_ids)
    if undoable:
        embeddings_record(face_ids=face_ids)
        gone.update(crop="")  # deleting a face deletes its picture
    gone.delete()


def _box(found: Found) -> Box:
    return found.box if isinstance(found, FoundFace) else face_box(found)


def _embeddings_date(faces: QuerySet[Face]) -> None:
    """Record the box that old vectors of these faces were computed from, before the boxes change."""
    undated: QuerySet[Any] = FaceEmbedding.objects.filter(face__in=faces, box=None).annotate(
        now_x=F("face__x"), now_y=F("face__y"), now_w=F("face__w"), now_h=F("face__h")
    )
    rows = list(undated)
    for row in rows:
        row.box = [row.now_x, row.now_y, row.now_w, row.now_h]
    FaceEmbedding.objects.bulk_update(rows, ["box"], batch_size=BATCH)
