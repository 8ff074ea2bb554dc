"""Search for the faces of one owner, or of one gallery, nearest to a vector.

Exact search compares the vector with all of the owner's, which lie side by side in an index (its name begins
with embedding_of_owner). Indexed search uses pgvector's HNSW index over all owners' vectors of one model and
skips those of others; it may miss some. See benchmarks/lookalike_search.py.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Cast
from pgvector.django import CosineDistance, VectorField

from albums.models import AlbumImage
from faces.models import ClusteringRun, Face, FaceEmbedding
from faces.vectors import Array

INDEXED_FROM = 100_000
"""Faces of an owner from which the index is used: both ways take the same time at about 80,000."""


GALLERY_INDEXED_FROM = 50_000
"""Photos of a gallery from which the index is used: see benchmarks/gallery.py."""

FARTHEST = 2.0

WIDER = 4_000
"""Faces that a search is widened to when the nearest are of too few people, or of none."""


class Near(NamedTuple):
    """A face near a vector: ids, and the cosine distance (0..2)."""

    face_id: int
    distance: float
    person_id: int | None
    hidden: bool


@dataclass(frozen=True, slots=True)
class VectorSearch:
    """A search among an owner's present faces, without some of them.

    vector: (dimensions,) float32, of length 1, of the model `model`. owner_id: None finds nothing.
    gallery_id: a look-alike gallery of this owner, to search among the faces of its named people alone.
    without_person: leaves out all faces of a person.
    """

    owner_id: int | None
    vector: Array
    model: str
    without: Collection[int] = ()
    gallery_id: int | None = None
    without_person: int | None = None

    def nearest(self, count: int) -> list[Near]:
        """Return the nearest faces, nearest first: as many as `count`, or all there are."""
        if self._is_large():
            found = self.indexed(count)
            if len(found) == count:
                return found
        return self.exact(count)

    def widened(
        self,
        count: int,
        *,
        wanted: int,
        pick: Callable[[list[Near]], list[Near]],
        farthest: float = FARTHEST,
    ) -> tuple[list[Near], list[Near], bool]:
        """Search among `count` faces, and among `WIDER` if `pick` takes too few of them.

        Returns the faces up to the distance `farthest`, the picked ones, and whether these faces are all.
        """
        for size in (count, WIDER):
            near = [one for one in self.nearest(size) if one.distance <= farthest]
            picked = pick(near)
            if len(picked) >= wanted or len(near) < size:
                break
        return near, picked, len(near) < size

    def exact(self, count: int) -> list[Near]:
        """Compare with each face of the owner."""
        # Without a cast the expression is not the index's, so that no plan can use it.
        return _rows(self._embeddings(CosineDistance("vector", self.vector)), count)

    def indexed(self, count: int) -> list[Near]:
        """Use the index: perhaps fewer than `count`, and not always the nearest."""
        column = Cast("vector", VectorField(dimensions=len(self.vector)))
        with transaction.atomic(), connection.cursor() as cursor:
            # A strict order would drop what is found late though it is nearer; it is sorted here instead.
            cursor.execute("SET LOCAL hnsw.iterative_scan = relaxed_order")
            cursor.execute(
                "SELECT set_config('hnsw.ef_search', %s, true)", [str(min(max(4 * count, 400), 1000))]
            )
            return _sorted(_rows(self._embeddings(CosineDistance(column, self.vector)), count))

    def first_of_people(self, count: int, *, people: Collection[int] | None = None) -> list[Near]:
        """Return the nearest face of each person who is not hidden, exactly. people: only these."""
        near = self._embeddings(CosineDistance("vector", self.vector))
        of_people = near.filter(face__person__isnull=False, face__person__hidden=False)
        if people is not None:
            of_people = of_people.filter(face__person__in=people)
        first = of_people.order_by("face__person_id", "distance", "face_id").distinct("face__person_id")
        columns = first.values_list("face_id", "distance", "face__person_id")
        rows = [Near(face_id, float(distance), person, hidden=False) for face_id, distance, person in columns]
        return _sorted(rows)[:count]

    def _is_large(self) -> bool:
        """Return whether a gallery has enough photos, or the last grouping of an owner counted enough faces.

        Counting all of an owner's faces takes too long.
        """
        if self.gallery_id is not None:
            inside = AlbumImage.objects.filter(album_id=self.gallery_id)
            return inside[:GALLERY_INDEXED_FROM].count() == GALLERY_INDEXED_FROM
        runs = ClusteringRun.objects.filter(owner_id=self.owner_id, state=ClusteringRun.State.DONE)
        return (runs.values_list("faces", flat=True).first() or 0) >= INDEXED_FROM

    def _embeddings(self, distance: CosineDistance) -> QuerySet[Any]:
        rows = FaceEmbedding.objects.of_owner(self.owner_id, model=self.model)
        rows = rows.present() if self.gallery_id is None else rows.in_gallery(self.gallery_id)
        if self.without_person is not None:
            rows = rows.exclude(face__person_id=self.without_person)
        if self.without:
            rows = rows.exclude(face_id__in=self.without)
        return rows.annotate(distance=distance)


def _rows(embeddings: QuerySet[Any], count: int) -> list[Near]:
    """Return the first `count` with their people, looked up for these alone, which a join is not."""
    face = Face.objects.filter(pk=OuterRef("face_id"))
    rows = embeddings.order_by("distance").values_list(
        "face_id", "distance", Subquery(face.values("person_id")), Subquery(face.values("person__hidden"))
    )
    return [
        Near(face_id, float(distance), person_id, bool(hidden))
        for face_id, distance, person_id, hidden in rows[:count]
    ]


def _sorted(near: Iterable[Near]) -> list[Near]:
    return sorted(near, key=lambda one: (one.distance, one.face_id))
