"""Compute missing vectors of stored faces by a model, beside those of other models.

Missing ones (after an undone change, a killed worker, or for a new model) are found by a query.
"""

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from django.db import transaction
from django.db.models import QuerySet

from albums.models import Image
from faces.conf import FaceSettings
from faces.models import Face, FaceEmbedding
from faces.runtime import get_pipeline
from faces.services.core.pixels import PhotoUnreadable, photo_pixels
from faces.services.detecting.box_matching import face_box
from faces.services.detecting.rows import embeddings_save
from faces.services.detecting.stored_embeddings import embeddings_derive, faces_lacking, networks_lacking
from faces.vision.boxes.manual import FACE_POINTS, points_in
from faces.vision.types import Detection, FaceCrops

logger = logging.getLogger(__name__)

BATCH = 8
"""Photos whose faces are embedded together."""

MOST_TURNS = 3
"""A photo whose faces still lack their vectors after so many turns is left alone."""


def embeddings_fill(*, faces: QuerySet[Face], models: FaceSettings, unreadable: set[int]) -> Iterator[int]:
    """Compute the missing vectors of `faces`, photo by photo, each batch in its own transaction.

    Continues until none is missing, new arrivals included. Yields how many faces each batch had.
    The ids of photos that cannot be read are added to `unreadable`; those in it are skipped. A network whose
    vectors are stored, as those of another model or in them, is not run again.
    Raises VisionError when the model cannot be used, OSError when the storage fails.
    """
    embedded = 0
    for network, some in networks_lacking(faces, embedder=models.embedder):
        for count in _embed_all(some, replace(models, embedder=network), unreadable):
            embedded += count
            yield count
    derived = embeddings_derive(faces=faces, embedder=models.embedder)
    if derived > embedded:
        yield derived - embedded
    yield from _embed_all(faces, models, unreadable)


def _embed_all(faces: QuerySet[Face], models: FaceSettings, unreadable: set[int]) -> Iterator[int]:
    lacking = faces_lacking(faces, embedder=models.embedder)
    turns: Counter[int] = Counter()
    while True:
        before = sum(turns.values())
        last = 0
        while images := _next_images(lacking.filter(image_id__gt=last).exclude(image_id__in=unreadable)):
            last = images[-1].pk
            turns.update(image.pk for image in images)
            unreadable.update(image_id for image_id, count in turns.items() if count > MOST_TURNS)
            yield _fill(images, lacking, models, unreadable)
        if sum(turns.values()) == before:
            return


def _next_images(faces: QuerySet[Face]) -> list[Image]:
    ids = faces.order_by("image_id").values_list("image_id", flat=True).distinct()[:BATCH]
    return list(Image.objects.filter(pk__in=list(ids)).order_by("pk"))


def _fill(
    images: Sequence[Image], lacking: QuerySet[Face], models: FaceSettings, unreadable: set[int]
) -> int:
    embedder = get_pipeline(models).embedder
    faces: list[Face] = []
    crops: list[FaceCrops] = []
    for image in images:
        there = list(lacking.filter(image=image).order_by("pk"))
        try:
            picture = photo_pixels(image)
        except PhotoUnreadable as error:
            logger.warning("No vectors for the faces of image %s: %s", image.pk, error.code)
            unreadable.add(image.pk)
            continue
        # A face of other turns was turned since its photo was read here: its turn comes again.
        there = [face for face in there if face.turns == image.turns]
        height, width = picture.shape[:2]
        faces += there
        crops += [embedder.crop(picture, detection_of(face, width=width, height=height)) for face in there]
    if not faces:
        return 0
    made = embedder.embed(crops)
    owners = {image.pk: image.owner_id for image in images}
    with transaction.atomic():
        # The face or its photo may have been deleted or turned during the computation.
        there_still = set(
            Face.objects.filter(pk__in=[face.pk for face in faces])
            .select_for_update(no_key=True)
            .order_by("pk")
            .values_list("pk", "turns")
        )
        embeddings_save(
            FaceEmbedding.of_face(
                face,
                owner_id=owners[face.image_id],
                model=models.embedder,
                vector=vector,
                clarity=float(clarity),
            )
            for face, vector, clarity in zip(faces, made.vectors, made.clarity, strict=True)
            if (face.pk, face.turns) in there_still
        )
    return len(faces)


def detection_of(face: Face, *, width: int, height: int) -> Detection:
    """A stored face as its detector saw it, in the pixels of a photo of this size."""
    box = face_box(face).scaled(width, height)
    points = np.asarray(face.landmarks, dtype=np.float32)
    if points.size == FACE_POINTS.size:
        landmarks = points.reshape(-1, 2) * np.array([width, height], dtype=np.float32)
    else:
        landmarks = points_in(box)
    return Detection(box=box, landmarks=landmarks.astype(np.float32), score=face.score)
