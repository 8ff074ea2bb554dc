"""The right to vanish: biometric data goes, from the tables, the journal and the storage, and is counted.

What is counted is written down as a receipt, which names nobody. Nothing of this can be undone.
"""

from __future__ import annotations

import logging

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from albums.storage import folder_empty, stored_below
from faces.exceptions import NotThere
from faces.models import (
    ErasureReceipt,
    Face,
    FaceEmbedding,
    FaceScan,
    OperatorQuestion,
    Person,
    PersonAlbum,
    PersonStats,
    StagedFace,
    StagedScan,
    Verdict,
)
from faces.services.core.consent import owners_opted_out, recognition_set
from faces.services.core.owner_pipeline import owner_models_lock
from faces.services.history.history import changes_lock
from faces.services.history.redaction import RedactedRows, history_redact
from faces.services.reindexing.staging import staged_remove

logger = logging.getLogger(__name__)

EVERYTHING = "all faces"
ONE_PERSON = "one person"
WORDS = {EVERYTHING: _("All faces of the account"), ONE_PERSON: _("One person")}
"""What was erased, as it stands on the receipt, and for a person to read."""

LABELS = {
    "vectors": _("Face vectors"),
    "faces": _("Face positions and landmarks"),
    "crops": _("Face thumbnails"),
    "answers": _("Confirmations and rejections"),
    "people": _("People and their names"),
    "staged": _("Faces found for another model"),
    "changes": _("History entries"),
    "scans": _("Scan records"),
    "runs": _("Groupings"),
}
"""Kinds of what is erased, for a person to read."""

ERASED: tuple[tuple[str, str], ...] = (
    (
        "staged",
        (
            "DELETE FROM faces_stagedface WHERE scan_id IN (SELECT scan.id FROM faces_stagedscan scan "
            "JOIN albums_image image ON image.id = scan.image_id WHERE image.owner_id = %(owner)s)"
        ),
    ),
    (
        "",
        (
            "DELETE FROM faces_stagedscan WHERE image_id IN "
            "(SELECT id FROM albums_image WHERE owner_id = %(owner)s)"
        ),
    ),
    (
        "vectors",
        (
            "DELETE FROM faces_faceembedding WHERE face_id IN (SELECT face.id FROM faces_face face "
            "JOIN albums_image image ON image.id = face.image_id WHERE image.owner_id = %(owner)s)"
        ),
    ),
    (
        "answers",
        (
            "DELETE FROM faces_verdict WHERE face_id IN (SELECT face.id FROM faces_face face "
            "JOIN albums_image image ON image.id = face.image_id WHERE image.owner_id = %(owner)s) "
            "OR person_id IN (SELECT id FROM faces_person WHERE owner_id = %(owner)s)"
        ),
    ),
    (
        "",
        (
            "DELETE FROM faces_personalbum_people WHERE person_id IN "
            "(SELECT id FROM faces_person WHERE owner_id = %(owner)s)"
        ),
    ),
    (
        "",
        (
            "DELETE FROM faces_personalbum WHERE album_id IN "
            "(SELECT id FROM albums_album WHERE owner_id = %(owner)s)"
        ),
    ),
    (
        "faces",
        "DELETE FROM faces_face WHERE image_id IN (SELECT id FROM albums_image WHERE owner_id = %(owner)s)",
    ),
    # What is kept beside people hangs on them by no constraint of the database, and is made anew by triggers
    # when faces go: so after the faces, and before the people.
    (
        "",
        (
            "DELETE FROM faces_personstats WHERE person_id IN "
            "(SELECT id FROM faces_person WHERE owner_id = %(owner)s)"
        ),
    ),
    (
        "",
        (
            "DELETE FROM faces_dirtyperson WHERE person_id IN "
            "(SELECT id FROM faces_person WHERE owner_id = %(owner)s)"
        ),
    ),
    (
        "",
        (
            "DELETE FROM faces_clusterquality WHERE person_id IN "
            "(SELECT id FROM faces_person WHERE owner_id = %(owner)s)"
        ),
    ),
    ("people", "DELETE FROM faces_person WHERE owner_id = %(owner)s"),
    (
        "scans",
        (
            "DELETE FROM faces_facescan WHERE image_id IN "
            "(SELECT id FROM albums_image WHERE owner_id = %(owner)s)"
        ),
    ),
    ("changes", "DELETE FROM faces_change WHERE owner_id = %(owner)s"),
    ("runs", "DELETE FROM faces_clusteringrun WHERE owner_id = %(owner)s"),
    ("", "DELETE FROM faces_skippedquestion WHERE owner_id = %(owner)s"),
    ("", "DELETE FROM faces_operatorquestion WHERE owner_id = %(owner)s"),
    ("", "DELETE FROM faces_ownermodels WHERE owner_id = %(owner)s"),
)
"""Kind of row, empty where it is not counted, and how it goes, in the order in which rows hang on each other.
A reference that was forgotten here fails the whole transaction, at its end."""

SWEPT = (Face, FaceEmbedding, StagedFace, Verdict, Person, PersonStats)
"""Tables in whose files, and indexes, deleted rows stay readable until they are swept."""


def recognition_end(*, owner: User) -> ErasureReceipt:
    """Switch face recognition off and erase all that it found; returns the receipt.

    First it is off, for all to see: who is looking at the owner's photos stops at the next one. Then, when
    nobody looks any more, everything goes in one transaction, and the files when that is certain.
    """
    recognition_set(owner=owner, enabled=False)
    with transaction.atomic():
        counts = owner_faces_erase(owner)
        receipt = ErasureReceipt.objects.create(owner=owner, what=EVERYTHING, counts=counts)
    logger.info("Owner %s: face recognition off, erased %s", owner.pk, counts)
    return receipt


def owner_faces_erase(owner: User) -> dict[str, int]:
    """Erase an owner's biometric data, names of people included; call within a transaction.

    Returns what is gone, by the kinds of `LABELS`; kinds of which there was nothing are left out.
    """
    owner_models_lock(owner_id=owner.pk)
    changes_lock(owner.pk)
    storage, folder = Face.crop.field.storage, _folder(owner.pk)
    counts = {"crops": sum(1 for _name in stored_below(storage, folder))}
    with connection.cursor() as cursor:
        for kind, statement in ERASED:
            cursor.execute(statement, {"owner": owner.pk})
            if kind:
                counts[kind] = cursor.rowcount
    transaction.on_commit(lambda: folder_empty(storage, folder))
    return {kind: count for kind, count in counts.items() if count}


def leftovers_erase() -> list[int]:
    """Erase what came to owners after they switched off: a worker that was killed at the wrong moment.

    Returns the ids of the owners who had some.
    """
    found = []
    for owner in User.objects.filter(pk__in=owners_opted_out()):
        rows = (
            Face.objects.filter(image__owner=owner).exists()
            or FaceScan.objects.filter(image__owner=owner).exists()
            or StagedScan.objects.filter(image__owner=owner).exists()
        )
        if rows:
            recognition_end(owner=owner)
            found.append(owner.pk)
        else:
            folder_empty(Face.crop.field.storage, _folder(owner.pk))
    return found


def person_erase(*, person: Person, by: User) -> ErasureReceipt:
    """Erase one person: vectors, faces, pictures of them, answers, name, and their traces in the journal.

    The photos stay, and count as looked at: nobody looks for faces in them again unless asked to. An album
    that filled itself with the person keeps its photos and fills itself no more. Raises NotThere.
    """
    with transaction.atomic():
        owner_models_lock(owner_id=by.pk)
        changes_lock(by.pk)
        mine = Person.objects.visible_to(by).filter(pk=person.pk).first()
        if mine is None:
            raise NotThere
        faces = Face.objects.filter(person=mine)
        face_ids = set(faces.values_list("pk", flat=True))
        image_ids = set(faces.values_list("image_id", flat=True))
        answers = Verdict.objects.filter(face__in=face_ids) | Verdict.objects.filter(person=mine)
        answer_ids = set(answers.values_list("pk", flat=True))
        vectors = FaceEmbedding.objects.filter(face__in=face_ids)
        forgotten = history_redact(
            owner_id=by.pk,
            gone=RedactedRows(
                people={mine.pk},
                faces=face_ids,
                verdicts=answer_ids,
                embeddings=set(vectors.values_list("pk", flat=True)),
            ),
        )
        staged = StagedFace.objects.filter(scan__image__in=image_ids)
        counts = {
            "vectors": vectors.count(),
            "faces": len(face_ids),
            "crops": faces.exclude(crop="").count() + len(forgotten.crops),
            "answers": len(answer_ids),
            "people": 1,
            "staged": staged.count(),
            "changes": forgotten.changes,
        }
        staged_remove(StagedScan.objects.filter(image__in=image_ids))
        PersonAlbum.objects.filter(people=mine).delete()
        OperatorQuestion.objects.filter(owner=by, about=mine.pk).delete()
        _scans_settle(image_ids)
        faces.delete()  # with vectors, answers and, on commit, their pictures
        mine.delete()
        for name in forgotten.crops:
            transaction.on_commit(lambda name=name: Face.crop.field.storage.delete(name))  # type: ignore[misc]
        counts = {kind: count for kind, count in counts.items() if count}
        receipt = ErasureReceipt.objects.create(owner=by, what=ONE_PERSON, counts=counts)
    logger.info("Owner %s: a person erased: %s", by.pk, counts)
    return receipt


def tables_sweep() -> None:
    """Take deleted rows out of the files of the tables and their indexes. Not within a transaction."""
    with connection.cursor() as cursor:
        for model in SWEPT:
            cursor.execute(f"VACUUM {connection.ops.quote_name(model._meta.db_table)}")  # noqa: SLF001


def _scans_settle(image_ids: set[int]) -> None:
    """These photos were looked at: a scan that still waits would only find the person again."""
    waiting = FaceScan.objects.filter(image__in=image_ids).exclude(state=FaceScan.State.DONE)
    waiting.update(state=FaceScan.State.DONE, reason="", detail="", finished_at=timezone.now())


def _folder(owner_id: int) -> str:
    """Where `pictures.portrait_store` puts the pictures of an owner's faces."""
    return f"faces/{owner_id}"
