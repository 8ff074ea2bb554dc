"""Check the rows of faces: their references, files, vectors and statistics.

Derived data is computed again. Decisions are never changed: a wrong one is only
"""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import QuerySet

from albums.models import Image
from albums.services.upkeep.integrity import REPAIR, CheckOptions, Finding
from albums.services.upkeep.orphaned_files import orphaned_folder_files
from faces.models import (
    Change,
    DirtyPerson,
    Face,
    FaceEmbedding,
    Person,
    PersonExemplar,
    PersonStats,
    StagedFace,
    Verdict,
)
from faces.services.core.consent import recognition_enabled
from faces.services.core.owner_pipeline import owner_models
from faces.services.detecting.crops import crops_missing, crops_remake
from faces.services.detecting.embeddings import embeddings_fill
from faces.services.detecting.stored_embeddings import faces_lacking
from faces.services.history.diff import FACE
from faces.services.history.history import changes_lock
from faces.services.people.exemplars import exemplars_renew, exemplars_wrong
from faces.services.people.stats import stats_refresh
from faces.vision.errors import VisionError
from faces.vision.profiles import PROFILES

ROWS = 500
MOST_OFF = 0.01
"""Tolerance for the length of a vector, which is 1 in single precision."""

_WRONG_STATS = """
SELECT person.id
FROM faces_person AS person
LEFT JOIN faces_face AS face ON face.person_id = person.id AND NOT face.dismissed AND NOT face.binned
JOIN faces_personstats AS stats ON stats.person_id = person.id
WHERE person.owner_id = %s AND NOT EXISTS (SELECT FROM faces_dirtyperson WHERE person_id = person.id)
GROUP BY person.id, stats.faces, stats.photos
HAVING count(face.id) <> stats.faces OR count(DISTINCT face.image_id) <> stats.photos
ORDER BY person.id
"""


def faces_check(options: CheckOptions) -> Iterator[Finding]:
    """Check everything, owner by owner. Raises OSError if the storage fails."""
    yield from _crops(options)
    yield from orphaned_folder_files(options, "faces", _CropsKnown(options))
    owners = User.objects.filter(images__isnull=False).distinct().order_by("pk")
    for owner in owners if options.owner is None else [options.owner]:
        yield from _rows(owner, options)
        yield from _vectors(owner, options)
        yield from _stats(owner, options)
    if options.owner is None:
        yield from _orphaned_stats(options)


def _crops(options: CheckOptions) -> Iterator[Finding]:
    last = 0
    while batch := list(options.images().ready().filter(pk__gt=last).order_by("pk")[:ROWS]):
        missing = crops_missing([image.pk for image in batch])
        for image in batch:
            faces = missing.get(image.pk, ())
            done = bool(faces) and options.repair and crops_remake(image=image, faces=faces) == len(faces)
            for face in faces:
                what = f"picture of {'face' if isinstance(face, Face) else 'staged face'} {face.pk}"
                yield Finding("crop_missing", what, repaired=done, remedy=REPAIR)
        options.progress(len(batch))
        last = batch[-1].pk


class _CropsKnown:
    """Names of face pictures in rows: of a face, a staged face, or a change that can be undone.

    Names are not indexed, and journals are long: so all of them are read once, when the first file is met.
    """

    def __init__(self, options: CheckOptions) -> None:
        self._options = options
        self._names: set[str] | None = None

    def __call__(self, names: list[str]) -> set[str]:
        if self._names is None:
            self._names = set(self._read())
        unknown = [name for name in names if name not in self._names]
        if unknown:  # added since
            self._names.update(Face.objects.filter(crop__in=unknown).values_list("crop", flat=True))
            self._names.update(StagedFace.objects.filter(crop__in=unknown).values_list("crop", flat=True))
        return self._names & set(names)

    def _read(self) -> Iterator[str]:
        faces, staged, changes = Face.objects.all(), StagedFace.objects.all(), Change.objects.all()
        if self._options.owner is not None:
            faces = faces.filter(image__owner=self._options.owner)
            staged = staged.filter(scan__image__owner=self._options.owner)
            changes = changes.filter(owner=self._options.owner)
        yield from faces.exclude(crop="").values_list("crop", flat=True).iterator(2000)
        yield from staged.exclude(crop="").values_list("crop", flat=True).iterator(2000)
        decided = changes.filter(rows__has_key=FACE.name).exclude(kind=Change.Kind.RUN)
        for change in decided.iterator(20):
            for sides in change.rows[FACE.name].values():
                yield from (side["crop"] for side in sides.values() if side and side.get("crop"))


def _rows(owner: User, options: CheckOptions) -> Iterator[Finding]:
    """Check the references between rows."""
    theirs = Face.objects.filter(image__owner=owner)
    for binned in (True, False):
        astray = theirs.filter(binned=not binned, image__binned_at__isnull=not binned)
        yield from _repaired(
            options, owner, astray, code="face_in_the_wrong_place", kind="face", values={"binned": binned}
        )
    covers = Person.objects.filter(owner=owner, cover__isnull=False).exclude(cover__image__owner=owner)
    yield from _repaired(
        options, owner, covers, code="cover_of_somebody_else", kind="person", values={"cover": None}
    )
    vectors = FaceEmbedding.objects.filter(face__image__owner=owner).exclude(owner=owner)
    yield from _repaired(
        options, owner, vectors, code="vector_of_somebody_else", kind="vector", values={"owner": owner}
    )
    people = theirs.filter(person__isnull=False).exclude(person__owner=owner)
    verdicts = Verdict.objects.filter(face__image__owner=owner).exclude(person__owner=owner)
    strangers: list[tuple[str, str, QuerySet[Any]]] = [
        ("face_with_a_stranger", "face", people),
        ("said_of_a_stranger", "verdict", verdicts),
    ]
    for code, kind, rows in strangers:
        for pk in rows.order_by("pk").values_list("pk", flat=True).iterator(ROWS):
            yield Finding(code, f"{kind} {pk}", remedy="please report it: this cannot come to be")


def _repaired(
    options: CheckOptions, owner: User, rows: QuerySet[Any], *, code: str, kind: str, values: dict[str, Any]
) -> Iterator[Finding]:
    """Report each row; with repair, set these values."""
    wrong = list(rows.order_by("pk").values_list("pk", flat=True))
    if wrong and options.repair:
        with transaction.atomic():
            changes_lock(owner.pk)
            for start in range(0, len(wrong), ROWS):
                # Filter again by the fault: the app may have changed the rows meanwhile.
                rows.filter(pk__in=wrong[start : start + ROWS]).update(**values)
    for pk in wrong:
        yield Finding(code, f"{kind} {pk}", repaired=options.repair, remedy=REPAIR)


def _vectors(owner: User, options: CheckOptions) -> Iterator[Finding]:
    """Check that each face has a vector of its owner's model, and each vector the right shape."""
    if not recognition_enabled(owner.pk):
        return
    models = owner_models(owner.pk)
    bad = _misshapen(owner)
    if bad and options.repair:
        # Vectors are computed data, and are computed again at once.
        FaceEmbedding.objects.filter(pk__in=bad).delete()
    faces = Face.objects.filter(image__owner=owner, image__state=Image.State.READY)
    lacking = list(faces_lacking(faces, embedder=models.embedder).order_by("pk").values_list("pk", flat=True))
    left = set(lacking)
    if lacking and options.repair:
        left = _filled(faces, lacking, owner)
    for pk in bad:
        yield Finding("vector_misshapen", f"vector {pk}", repaired=options.repair, remedy=REPAIR)
    for pk in lacking:
        remedy = f"bin/manage reindex --owner {owner.username}"
        yield Finding("vector_missing", f"face {pk}", repaired=pk not in left, remedy=remedy)


def _misshapen(owner: User) -> list[int]:
    found = []
    with connection.cursor() as cursor:
        for profile in PROFILES.values():
            cursor.execute(
                "SELECT id FROM faces_faceembedding WHERE owner_id = %s AND model = %s "
                "AND (vector_dims(vector) <> %s OR NOT vector_norm(vector) BETWEEN %s AND %s) ORDER BY id",
                [owner.pk, profile.name, profile.dimensions, 1 - MOST_OFF, 1 + MOST_OFF],
            )
            found += [int(pk) for (pk,) in cursor.fetchall()]
    return found


def _filled(faces: QuerySet[Face], lacking: list[int], owner: User) -> set[int]:
    """Compute missing vectors; return the ids of faces that still lack one."""
    models = owner_models(owner.pk)
    try:
        for _count in embeddings_fill(faces=faces, models=models, unreadable=set()):
            pass
    except VisionError:
        return set(lacking)  # the remedy names the command, which names the missing model
    return set(faces_lacking(faces, embedder=models.embedder).values_list("pk", flat=True)) & set(lacking)


def _stats(owner: User, options: CheckOptions) -> Iterator[Finding]:
    stats_refresh(owner_id=owner.pk)
    with connection.cursor() as cursor:
        cursor.execute(_WRONG_STATS, [owner.pk])
        wrong = [int(pk) for (pk,) in cursor.fetchall()]
    if wrong and options.repair:
        DirtyPerson.objects.bulk_create(DirtyPerson(person_id=pk) for pk in wrong)
        stats_refresh(owner_id=owner.pk)
    for pk in wrong:
        yield Finding("tally_wrong", f"person {pk}", repaired=options.repair, remedy=REPAIR)
    outdated = exemplars_wrong(owner.pk)
    if outdated and options.repair:
        # A trigger deletes their exemplars.
        DirtyPerson.objects.bulk_create(DirtyPerson(person_id=pk) for pk in outdated)
        exemplars_renew(owner_id=owner.pk)
    for pk in outdated:
        yield Finding("exemplar_wrong", f"person {pk}", repaired=options.repair, remedy=REPAIR)


def _orphaned_stats(options: CheckOptions) -> Iterator[Finding]:
    for code, rows in (
        ("tally_of_nobody", PersonStats.objects),
        ("exemplar_of_nobody", PersonExemplar.objects),
    ):
        orphans = rows.exclude(person_id__in=Person.objects.values("pk")).order_by("person_id")
        for pk in list(orphans.values_list("person_id", flat=True).distinct()):
            if options.repair:
                rows.filter(person_id=pk).delete()
            yield Finding(code, f"person {pk}", repaired=options.repair, remedy=REPAIR)
