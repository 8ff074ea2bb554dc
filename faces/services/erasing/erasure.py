"""Erase biometric data for good from the tables, the history and the storage; a receipt counts it."""

import logging
from functools import partial

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from albums.models import Job, Sidecar, Sweep
from albums.services.erasing.sweeps import sweep_request
from albums.services.jobs.jobs import job_delete
from albums.storage import folder_empty, job_folder, stored_below
from albums.text_normalization import normalized
from faces.exceptions import NotThere
from faces.models import (
    ErasureReceipt,
    Face,
    FaceAttributes,
    FaceEmbedding,
    FaceScan,
    OperatorQuestion,
    Person,
    PersonAlbum,
    StagedFace,
    StagedScan,
    Verdict,
)
from faces.services.attributes.consent import ESTIMATES
from faces.services.core.consent import owners_opted_out, recognition_set
from faces.services.core.owner_pipeline import owner_models_lock
from faces.services.erasing.studio import face_jobs_of, face_jobs_with
from faces.services.grouping.stored_neighbours import neighbours_folder, neighbours_forget
from faces.services.history.history import changes_lock
from faces.services.history.redaction import RedactedRows, history_redact
from faces.services.reindexing.staging import staged_remove

logger = logging.getLogger(__name__)

EVERYTHING = "all faces"
ONE_PERSON = "one person"
WORDS = {
    EVERYTHING: _("All faces of the account"),
    ONE_PERSON: _("One person"),
    ESTIMATES: _("Age and gender"),
}
"""The subjects of receipts, as stored, and as text."""

LABELS = {
    "vectors": _("Face vectors"),
    "faces": _("Face positions and landmarks"),
    "crops": _("Face thumbnails"),
    "estimates": _("Estimates of age and gender"),
    "answers": _("Confirmations and rejections"),
    "people": _("People and their names"),
    "staged": _("Faces found for another model"),
    "changes": _("History entries"),
    "scans": _("Scan records"),
    "runs": _("Groupings"),
    "studio": _("Studio results with faces"),
}
"""Kinds of erased rows and files, as text."""

_IMAGES = "(SELECT id FROM albums_image WHERE owner_id = %(owner)s)"
_ALBUMS = "(SELECT id FROM albums_album WHERE owner_id = %(owner)s)"
_PEOPLE = "(SELECT id FROM faces_person WHERE owner_id = %(owner)s)"
_FACES = (
    "(SELECT face.id FROM faces_face face JOIN albums_image image ON image.id = face.image_id "
    "WHERE image.owner_id = %(owner)s)"
)
_SCANS = (
    "(SELECT scan.id FROM faces_stagedscan scan JOIN albums_image image ON image.id = scan.image_id "
    "WHERE image.owner_id = %(owner)s)"
)

ERASED: tuple[tuple[str, str, str], ...] = (
    ("staged", "stagedface", f"scan_id IN {_SCANS}"),
    ("", "stagedscan", f"image_id IN {_IMAGES}"),
    ("vectors", "faceembedding", f"face_id IN {_FACES}"),
    ("estimates", "faceattributes", f"face_id IN {_FACES}"),
    ("answers", "verdict", f"face_id IN {_FACES} OR person_id IN {_PEOPLE}"),
    ("", "personalbum_people", f"person_id IN {_PEOPLE}"),
    ("", "personalbum", f"album_id IN {_ALBUMS}"),
    ("faces", "face", f"image_id IN {_IMAGES}"),
    # No constraint links the statistics to people, and deleting faces creates rows by triggers: so they are
    # deleted after the faces and before the people.
    ("", "personstats", f"person_id IN {_PEOPLE}"),
    ("", "personexemplar", "owner_id = %(owner)s"),
    ("", "dirtyperson", f"person_id IN {_PEOPLE}"),
    ("", "clusterquality", f"person_id IN {_PEOPLE}"),
    ("people", "person", "owner_id = %(owner)s"),
    ("scans", "facescan", f"image_id IN {_IMAGES}"),
    ("changes", "change", "owner_id = %(owner)s"),
    ("runs", "clusteringrun", "owner_id = %(owner)s"),
    ("", "skippedquestion", "owner_id = %(owner)s"),
    ("", "operatorquestion", "owner_id = %(owner)s"),
    ("", "ownermodels", "owner_id = %(owner)s"),
)
"""Kind of row (empty: not counted), table and condition, in the order of the references. A reference missing
here fails the whole transaction, at its end."""


def recognition_end(*, owner: User) -> ErasureReceipt:
    """Switch face recognition off and erase all that it found; returns the receipt.

    The choice is committed first, so that workers stop at the next photo of the owner. When they have
    stopped, the rows are deleted in one transaction, and the files on commit.
    """
    recognition_set(owner=owner, enabled=False)
    with transaction.atomic():
        counts, sweep = _owner_erase(owner)
        receipt = ErasureReceipt.objects.create(owner=owner, what=EVERYTHING, counts=counts, sweep=sweep)
    logger.info("Owner %s: face recognition off, erased %s", owner.pk, counts)
    return receipt


def owner_faces_erase(owner: User) -> dict[str, int]:
    """Erase an owner's biometric data, names of people included; call within a transaction.

    Returns the counts by the kinds of `LABELS`, without zeros. The caller enqueues the sweep.
    """
    return _owner_erase(owner)[0]


def _owner_erase(owner: User) -> tuple[dict[str, int], Sweep]:
    owner_models_lock(owner_id=owner.pk)
    changes_lock(owner.pk)
    storage, folder = Face.crop.field.storage, _folder(owner.pk)
    counts = {"crops": sum(1 for _name in stored_below(storage, folder))}
    jobs = _jobs_delete(face_jobs_of(owner))
    counts["studio"] = len(jobs)
    with connection.cursor() as cursor:
        for kind, table, condition in ERASED:
            cursor.execute(f"DELETE FROM faces_{table} WHERE {condition}", {"owner": owner.pk})  # noqa: S608 - constants
            if kind:
                counts[kind] = cursor.rowcount
    _sidecar_names_erase(owner.pk)
    transaction.on_commit(lambda: folder_empty(storage, folder))
    files = [f"{folder}/", f"{neighbours_folder(owner.pk)}/", *jobs]
    sweep = sweep_request(owner_id=owner.pk, files=files)
    return {kind: count for kind, count in counts.items() if count}, sweep


def leftovers_erase() -> list[int]:
    """Erase data of owners with face recognition off, which a worker killed meanwhile may have left.

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
            neighbours_forget(owner.pk)
    return found


def person_erase(*, person: Person, by: User) -> ErasureReceipt:
    """Erase one person: vectors, faces, their pictures, verdicts, the name, and their rows in the history.

    The photos stay and count as scanned. Smart albums of the person become albums with the same photos.
    Raises NotThere.
    """
    with transaction.atomic():
        owner_models_lock(owner_id=by.pk)
        changes_lock(by.pk)
        erased = Person.objects.visible_to(by).filter(pk=person.pk).first()
        if erased is None:
            raise NotThere
        faces = Face.objects.filter(person=erased)
        face_ids = set(faces.values_list("pk", flat=True))
        image_ids = set(faces.values_list("image_id", flat=True))
        answers = Verdict.objects.filter(face__in=face_ids) | Verdict.objects.filter(person=erased)
        answer_ids = set(answers.values_list("pk", flat=True))
        vectors = FaceEmbedding.objects.filter(face__in=face_ids)
        redaction = history_redact(
            owner_id=by.pk,
            gone=RedactedRows(
                people={erased.pk},
                faces=face_ids,
                verdicts=answer_ids,
                embeddings=set(vectors.values_list("pk", flat=True)),
            ),
        )
        staged = StagedFace.objects.filter(scan__image__in=image_ids)
        pictures = {name for rows in (faces, staged) for name in rows.values_list("crop", flat=True) if name}
        jobs = _jobs_delete(face_jobs_with(person_id=erased.pk, face_ids=face_ids, image_ids=image_ids))
        counts = {
            "vectors": vectors.count(),
            "faces": len(face_ids),
            "crops": faces.exclude(crop="").count() + len(redaction.crops),
            "estimates": FaceAttributes.objects.filter(face__in=face_ids).count(),
            "answers": len(answer_ids),
            "people": 1,
            "staged": staged.count(),
            "changes": redaction.changes,
            "studio": len(jobs),
        }
        staged_remove(StagedScan.objects.filter(image__in=image_ids))
        PersonAlbum.objects.filter(people=erased).delete()
        OperatorQuestion.objects.filter(owner=by, about=erased.pk).delete()
        _scans_settle(image_ids)
        if erased.name:
            _sidecar_names_erase(by.pk, name=erased.name)
        faces.delete()  # with vectors, estimates, answers and, on commit, their pictures
        erased.delete()
        for name in redaction.crops:
            transaction.on_commit(partial(Face.crop.field.storage.delete, name))
        counts = {kind: count for kind, count in counts.items() if count}
        sweep = sweep_request(owner_id=by.pk, files=[*(pictures | redaction.crops), *jobs])
        receipt = ErasureReceipt.objects.create(owner=by, what=ONE_PERSON, counts=counts, sweep=sweep)
    logger.info("Owner %s: a person erased: %s", by.pk, counts)
    return receipt


def _sidecar_names_erase(owner_id: int, *, name: str = "") -> None:
    """Erase what other programs knew of who is in the owner's photos: one name, in any spelling, or all."""
    sidecars = Sidecar.objects.filter(image__owner=owner_id).exclude(people=[])
    if not name:
        sidecars.update(people=[])
        return
    changed = []
    for sidecar in sidecars.only("people").select_for_update(of=("self",)):
        others = [one for one in sidecar.people if normalized(one) != normalized(name)]
        if len(others) < len(sidecar.people):
            sidecar.people = others
            changed.append(sidecar)
    Sidecar.objects.bulk_update(changed, ["people"], batch_size=1000)


def _jobs_delete(jobs: QuerySet[Job]) -> list[str]:
    """Delete jobs with their files, and return their folders, which end with a slash."""
    found = list(jobs)
    folders = [f"{job_folder(job)}/" for job in found]
    for job in found:
        job_delete(job=job)
    return folders


def _scans_settle(image_ids: set[int]) -> None:
    """Mark these photos as scanned: a pending scan would find the person again."""
    waiting = FaceScan.objects.filter(image__in=image_ids).exclude(state=FaceScan.State.DONE)
    waiting.update(state=FaceScan.State.DONE, reason="", detail="", finished_at=timezone.now())


def _folder(owner_id: int) -> str:
    """Return the folder of `pixels.portrait_store`."""
    return f"faces/{owner_id}"
