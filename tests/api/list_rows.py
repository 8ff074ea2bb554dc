"""Rows for each list of the schema: functions that create some, and return the address of the list."""

from collections.abc import Callable

import numpy as np
from django.contrib.auth.models import User
from django.utils import timezone

from albums.models import (
    Album,
    AlbumImage,
    AlbumMember,
    Job,
    JobFile,
    PhotoChange,
    SelectedFile,
    ShareLink,
    UnpackedFile,
    Upload,
)
from api.models import ApiToken
from faces.models import Change, ClusteringRun, ErasureReceipt, Face, FaceScan, Person, PersonAlbum, Verdict
from tests.rows import DIMENSIONS, embedding_rows, face_rows, image_rows, new_upload, person_rows, unit


def faces(owner: User, start: int, count: int, *, named: bool = True, waiting: bool = False) -> list[Face]:
    """Create faces of different people, each with an embedding, in different photos."""
    people = person_rows(owner, count, named=named, first=start)
    made = face_rows(image_rows(owner, count), [None] * count if waiting else people)
    embedding_rows(made, map(unit, np.random.default_rng(start).normal(size=(count, DIMENSIONS))))
    return made


def _album(owner: User) -> Album:
    return Album.objects.get_or_create(owner=owner, name="All")[0]


def albums(owner: User, start: int, count: int) -> str:
    inside = image_rows(owner, count)
    made = Album.objects.bulk_create(
        Album(owner=owner, name=f"Album {number}") for number in range(start, start + count)
    )
    AlbumImage.objects.bulk_create(
        AlbumImage(album=album, image=image) for album, image in zip(made, inside, strict=True)
    )
    other = User.objects.get_or_create(username="ben")[0]
    shared = Album.objects.bulk_create(
        Album(owner=other, name=f"Album {number}") for number in range(start, start + count)
    )
    AlbumMember.objects.bulk_create(AlbumMember(album=album, user=owner, role="viewer") for album in shared)
    person = Person.objects.create(owner=owner, name=f"Anna {start}")
    for album in made[:3]:
        PersonAlbum.objects.create(album=album).people.add(person)
    return "albums/"


def galleries(owner: User, start: int, count: int) -> str:
    made = Album.objects.bulk_create(
        Album(owner=owner, name=f"Gallery {number}", gallery=True) for number in range(start, start + count)
    )
    inside = faces(owner, start, count)
    AlbumImage.objects.bulk_create(
        AlbumImage(album=album, image=face.image) for album, face in zip(made, inside, strict=True)
    )
    return "galleries/"


def album_images(owner: User, start: int, count: int) -> str:
    album = _album(owner)
    AlbumImage.objects.bulk_create(AlbumImage(album=album, image=image) for image in image_rows(owner, count))
    return f"albums/{album.pk}/images/"


def shared_images(owner: User, start: int, count: int) -> str:
    album = _album(owner)
    AlbumImage.objects.bulk_create(
        AlbumImage(album=album, image=face.image) for face in faces(owner, start, count)
    )
    link = ShareLink.objects.get_or_create(album=album, shows_names=True)[0]
    ShareLink.objects.update(opened_at=timezone.now())
    return f"shared/{link.token}/images/"


def members(owner: User, start: int, count: int) -> str:
    users = User.objects.bulk_create(User(username=f"user{number}") for number in range(start, start + count))
    AlbumMember.objects.bulk_create(
        AlbumMember(album=_album(owner), user=user, role="viewer") for user in users
    )
    return f"albums/{_album(owner).pk}/members/"


def links(owner: User, start: int, count: int) -> str:
    for _ in range(start, start + count):
        ShareLink.objects.create(album=_album(owner))
    return f"albums/{_album(owner).pk}/links/"


def photo_changes(owner: User, start: int, count: int) -> str:
    PhotoChange.objects.bulk_create(PhotoChange(owner=owner, kind="date", photos=1) for _ in range(count))
    return "photo-changes/"


def uploads_selected(owner: User, start: int, count: int) -> str:
    SelectedFile.objects.bulk_create(
        SelectedFile(owner=owner, name=f"{number}.jpg", size_bytes=number)
        for number in range(start, start + count)
    )
    return "uploads/selected/"


def uploads(owner: User, start: int, count: int) -> str:
    Upload.objects.bulk_create(new_upload(owner) for _ in range(count))
    return "uploads/"


def upload_files(owner: User, start: int, count: int) -> str:
    upload = Upload.objects.get_or_create(
        owner=owner, sha256="0" * 64, defaults={"name": "x.zip", "size_bytes": 9, "state": "unpacking"}
    )[0]
    UnpackedFile.objects.bulk_create(
        UnpackedFile(upload=upload, position=start + place, name="x.jpg", status="added", image=image)
        for place, image in enumerate(image_rows(owner, count))
    )
    return f"uploads/{upload.pk}/files/"


def verdicts(owner: User, start: int, count: int) -> str:
    Verdict.objects.bulk_create(
        Verdict(face=face, person=face.person, kind="is", by=owner) for face in faces(owner, start, count)
    )
    return "verdicts/"


def changes(owner: User, start: int, count: int) -> str:
    Change.objects.bulk_create(
        Change(owner=owner, by=owner, kind="name", text=str(number)) for number in range(start, start + count)
    )
    return "changes/"


def runs(owner: User, start: int, count: int) -> str:
    ClusteringRun.objects.bulk_create(
        ClusteringRun(owner=owner, embedder="facenet_sface256", parameters={"neighbours": 16})
        for _ in range(start, start + count)
    )
    return "runs/"


def receipts(owner: User, start: int, count: int) -> str:
    ErasureReceipt.objects.bulk_create(
        ErasureReceipt(owner=owner, what="one person", counts={"faces": number})
        for number in range(start, start + count)
    )
    return "me/receipts/"


def tokens(owner: User, start: int, count: int) -> str:
    ApiToken.objects.bulk_create(
        ApiToken(user=owner, name="x", digest=f"{number:064}", start="tro_", scopes=["read"])
        for number in range(start, start + count)
    )
    return "me/tokens/"


def failed_scans(owner: User, start: int, count: int) -> str:
    FaceScan.objects.bulk_create(
        FaceScan(image=image, state="failed", reason="crashed", finished_at=timezone.now())
        for image in image_rows(owner, count)
    )
    return "jobs/failed-scans/"


def studio_jobs(owner: User, start: int, count: int) -> str:
    made = Job.objects.bulk_create(Job(owner=owner, kind="x") for _ in range(start, start + count))
    JobFile.objects.bulk_create(
        JobFile(job=job, role="result", name="a", content_type="text/plain", size_bytes=1, file="jobs/none")
        for job in made
    )
    return "studio/jobs/"


def images_listed(owner: User, start: int, count: int) -> str:
    image_rows(owner, count)
    return "images/"


def binned(owner: User, start: int, count: int) -> str:
    image_rows(owner, count, binned_at=timezone.now())
    return "bin/"


def people(owner: User, start: int, count: int) -> str:
    faces(owner, start, count)
    return "people/"


def people_named(owner: User, start: int, count: int) -> str:
    faces(owner, start, count)
    return "people/names/?q=person"


def faces_listed(owner: User, start: int, count: int) -> str:
    faces(owner, start, count)
    return "faces/"


def faces_waiting(owner: User, start: int, count: int) -> str:
    if not start:
        faces(owner, 1000, 5)
    faces(owner, start, count, named=False, waiting=True)
    return "faces/waiting/"


LISTS: dict[str, Callable[[User, int, int], str]] = {
    "album_images": album_images,
    "albums_list": albums,
    "bin_list": binned,
    "changes_list": changes,
    "faces_list": faces_listed,
    "faces_waiting": faces_waiting,
    "galleries_list": galleries,
    "images_list": images_listed,
    "links_list": links,
    "members_list": members,
    "people_list": people,
    "photo_changes_list": photo_changes,
    "receipts_list": receipts,
    "runs_list": runs,
    "scans_failed": failed_scans,
    "shared_images": shared_images,
    "studio_jobs_list": studio_jobs,
    "tokens_list": tokens,
    "upload_files": upload_files,
    "uploads_list": uploads,
    "uploads_selected": uploads_selected,
    "verdicts_list": verdicts,
}
