"""Faces that lack a vector, and vectors that follow from stored ones.

Those of an embedder of several networks have theirs as parts. So a face is not embedded twice when its
account moves from one network to several, or back.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from faces.models import Face, FaceEmbedding
from faces.services.detecting.rows import embeddings_save
from faces.vision.embedding import joined, vectors_of
from faces.vision.profiles import PROFILES, EmbedderProfile, profile_of
from faces.vision.types import Embedded

BATCH = 500

Rows = Mapping[tuple[int, str], FaceEmbedding]
"""Rows with the present box of their face, by its id and the model."""


def faces_lacking(faces: QuerySet[Face], *, embedder: str) -> QuerySet[Face]:
    """Return faces without a vector of this model, or with one of another box than their present one.

    Faces in the bin are skipped until they are restored.
    """
    return faces.filter(~_stored([embedder]), dismissed=False, binned=False)


def _stored(embedders: Sequence[str]) -> Exists:
    """Return the condition that a face has a vector of its present box by one of these models."""
    same_box = Q(box__0=OuterRef("x"), box__1=OuterRef("y"), box__2=OuterRef("w"), box__3=OuterRef("h"))
    current = FaceEmbedding.objects.filter(same_box | Q(box=None), face=OuterRef("pk"))
    return Exists(current.filter(model__in=embedders))


def networks_lacking(faces: QuerySet[Face], *, embedder: str) -> Iterator[tuple[str, QuerySet[Face]]]:
    """Yield the networks of an embedder of several, with the faces that have others of them stored already.

    These faces need the network's own vector, not those of all.
    """
    networks = [part.network.name for part in profile_of(embedder).parts]
    lacking = faces_lacking(faces, embedder=embedder)
    for network in networks:
        others = [name for name in networks if name != network]
        if others:
            yield network, faces_lacking(lacking, embedder=network).filter(_stored(others))


def embeddings_derive(*, faces: QuerySet[Face], embedder: str) -> int:
    """Store the missing vectors of a model that follow from those of others; return their number."""
    profile = profile_of(embedder)
    sources = {part.network.name: _sources(part.network.name, without=embedder) for part in profile.parts}
    last = derived = 0
    lacking = faces_lacking(faces, embedder=embedder).order_by("pk").values_list("pk", flat=True)
    while ids := list(lacking.filter(pk__gt=last)[:BATCH]):
        last = ids[-1]
        derived += _derive(ids, profile, sources)
    return derived


def _sources(network: str, *, without: str) -> list[EmbedderProfile]:
    """Return the embedders that have the vectors of a network, that network alone first."""
    found = [
        profile
        for profile in PROFILES.values()
        if profile.name != without and network in [part.network.name for part in profile.parts]
    ]
    return sorted(found, key=lambda profile: len(profile.parts))


@transaction.atomic
def _derive(
    ids: Sequence[int], profile: EmbedderProfile, sources: Mapping[str, Sequence[EmbedderProfile]]
) -> int:
    # A face may have been deleted or turned in between.
    faces = list(Face.objects.filter(pk__in=ids).select_for_update(no_key=True).order_by("pk"))
    names = {source.name for several in sources.values() for source in several}
    boxes = {face.pk: [face.x, face.y, face.w, face.h] for face in faces}
    rows: Rows = {
        (row.face_id, row.model): row
        for row in FaceEmbedding.objects.filter(face__in=faces, model__in=names)
        if row.box is None or row.box == boxes[row.face_id]
    }
    made = []
    for face in faces:
        parts = [_part(face, part.network.name, sources[part.network.name], rows) for part in profile.parts]
        known = [part for part in parts if part is not None]
        if len(known) < len(parts):
            continue
        whole = joined(profile, [found for found, _owner in known])
        made.append(
            FaceEmbedding.of_face(
                face,
                owner_id=known[0][1],
                model=profile.name,
                vector=whole.vectors[0],
                clarity=float(whole.clarity[0]),
            )
        )
    embeddings_save(made)
    return len(made)


def _part(
    face: Face, network: str, sources: Iterable[EmbedderProfile], rows: Rows
) -> tuple[Embedded, int] | None:
    """Return a network's vector of a face with the id of its owner, or None if none is stored.

    Out of joined vectors, whose clarity is that of all networks, comes this one.
    """
    for source in sources:
        if row := rows.get((face.pk, source.name)):
            vectors = vectors_of(source, network, np.asarray(row.vector)[None])
            return Embedded(vectors, np.array([row.clarity], np.float32)), row.owner_id
    return None
