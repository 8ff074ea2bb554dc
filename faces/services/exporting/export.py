"""The faces and people of an account, as files of its export."""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.models import User

from albums.services.downloading.data_export import ROWS_AT_ONCE, ExportFile, ExportOptions, rows_json
from faces.models import ErasureReceipt, Face, FaceAttributes, FaceEmbedding, Person, Verdict
from faces.services.attributes.consent import attributes_enabled
from faces.vectors import vector_floats


def faces_files(owner: User, options: ExportOptions) -> Iterator[ExportFile]:
    """Yield people, faces, verdicts, estimates and receipts, and the vectors if they are wanted."""
    yield ExportFile("people.json", rows_json(_people(owner)))
    yield ExportFile("faces.json", rows_json(_faces(owner)))
    yield ExportFile("verdicts.json", rows_json(_verdicts(owner)))
    if attributes_enabled(owner.pk):
        yield ExportFile("estimates.json", rows_json(_estimates(owner)))
    yield ExportFile("receipts.json", rows_json(_receipts(owner)))
    if options.vectors:
        yield ExportFile("vectors.json", rows_json(_vectors(owner)))


def _people(owner: User) -> Iterator[dict[str, Any]]:
    people = Person.objects.filter(owner=owner).order_by("pk")
    columns = ("name", "birth_date", "hidden", "cover_id", "created_at")
    for row in people.values("pk", *columns).iterator(ROWS_AT_ONCE):
        yield {"id": row.pop("pk"), "cover": row.pop("cover_id"), **row}


def _faces(owner: User) -> Iterator[dict[str, Any]]:
    faces = Face.objects.filter(image__owner=owner).order_by("pk")
    columns = ("x", "y", "w", "h", "landmarks", "score", "quality", "poor_reason", "detector")
    flags = ("dismissed", "drawn", "created_at")
    for row in faces.values("pk", "image_id", "person_id", *columns, *flags).iterator(ROWS_AT_ONCE):
        yield {
            "id": row.pop("pk"),
            "photo": row.pop("image_id"),
            "person": row.pop("person_id"),
            **row,
        }


def _estimates(owner: User) -> Iterator[dict[str, Any]]:
    """Yield the estimated age, and the estimated probability of male, of each face."""
    estimates = FaceAttributes.objects.filter(face__image__owner=owner, age__isnull=False).order_by("face_id")
    for row in estimates.values("face_id", "age", "male", "model", "estimated_at").iterator(ROWS_AT_ONCE):
        yield {
            "face": row["face_id"],
            "age": row["age"],
            "male": row["male"],
            "model": row["model"],
            "at": row["estimated_at"],
        }


def _verdicts(owner: User) -> Iterator[dict[str, Any]]:
    verdicts = Verdict.objects.filter(person__owner=owner).order_by("pk")
    for row in verdicts.values("face_id", "person_id", "kind", "at").iterator(ROWS_AT_ONCE):
        yield {"face": row["face_id"], "person": row["person_id"], "said": row["kind"], "at": row["at"]}


def _receipts(owner: User) -> Iterator[dict[str, Any]]:
    for receipt in ErasureReceipt.objects.filter(owner=owner).order_by("pk"):
        yield {"what": receipt.what, "counts": receipt.counts, "at": receipt.at}


def _vectors(owner: User) -> Iterator[dict[str, Any]]:
    vectors = FaceEmbedding.objects.filter(face__image__owner=owner).order_by("face_id", "model")
    for face_id, model, vector in vectors.values_list("face_id", "model", "vector").iterator(ROWS_AT_ONCE):
        yield {"face": face_id, "model": model, "vector": vector_floats(vector)}
