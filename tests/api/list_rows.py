"""Rows for each list of the schema: functions that create some, and return the address of the list."""

from collections.abc import Callable
from typing import Any

import numpy as np
from django.contrib.auth.models import User
from django.utils import timezone

from albums.models import (
    Album,
    AlbumImage,
    AlbumMember,
    Image,
    Job,
    JobFile,
    Rendition,
    ShareLink,
    UnpackedFile,
    Upload,
)
from api.models import ApiToken
from faces.models import (
    Change,
    ClusteringRun,
    ErasureReceipt,
    Face,
    FaceEmbedding,
    FaceScan,
    Person,
    PersonAlbum,
    Verdict,
)


def images(owner: User, start: int, count: int, **more: Any) -> list[Image]:
    made = Image.objects.bulk_create(
        Image(
            owner=owner,
            sha256=f"{number:064}",
            source_path=f"{number}.jpg",
            original="originals/none.jpg",
            size_bytes=1,
            mime_type="image/jpeg",
            width=90,
            height=60,
            **{"state": Image.State.READY, **more},
        )
        for number in range(start, start + count)
    )
    Rendition.objects.bulk_create(
        Rendition(image=image, kind="preview", file="renditions/none.jpg", width=90, height=60)
        for image in made
    )
    return made


def faces(owner: User, start: int, count: int, *, named: bool = True, waiting: bool = False) -> list[Face]:
    """Create faces of different people, each with an embedding, in different photos."""
    people = Person.objects.bulk_create(
        Person(owner=owner, name=f"Person {number}" if named else "")
        for number in range(start, start + count)
    )
    made = Face.objects.bulk_create(
        Face(
            image=image,
            person=None if waiting else person,
            x=0.1,
            y=0.1,
            w=0.2,
            h=0.2,
            score=0.9,
            quality=0.7,
            landmarks=[0.5] * 10,
            detector="drawn",
            crop="faces/none.jpg",
        )
        for image, person in zip(images(owner, start, count), people, strict=True)
    )
    random = np.random.default_rng(start)
    FaceEmbedding.objects.bulk_create(
        FaceEmbedding(face=face, owner=owner, model="facenet128", vector=vector / np.linalg.norm(vector))
        for face, vector in zip(made, random.normal(size=(count, 128)), strict=True)
    )
    return made


def album_of(owner: User) -> Album:
    return Album.objects.get_or_create(owner=owner, name="All")[0]


def albums(owner: User, start: int, count: int) -> str:
    inside = images(owner, start, count)
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


def album_images(owner: User, start: int, count: int) -> str:
    album = album_of(owner)
    AlbumImage.objects.bulk_create(
        AlbumImage(album=album, image=image) for image in images(owner, start, count)
    )
    return f"albums/{album.pk}/images/"


def shared_images(owner: User, start: int, count: int) -> str:
    album = album_of(owner)
    AlbumImage.objects.bulk_create(
        AlbumImage(album=album, image=face.image) for face in faces(owner, start, count)
    )
    link = ShareLink.objects.get_or_create(album=album, shows_names=True)[0]
    ShareLink.objects.update(opened_at=timezone.now())
    return f"shared/{link.token}/images/"


def members(owner: User, start: int, count: int) -> str:
    users = User.objects.bulk_create(User(username=f"user{number}") for number in range(start, start + count))
    AlbumMember.objects.bulk_create(
        AlbumMember(album=album_of(owner), user=user, role="viewer") for user in users
    )
    return f"albums/{album_of(owner).pk}/members/"


def links(owner: User, start: int, count: int) -> str:
    for _ in range(start, start + count):
        ShareLink.objects.create(album=album_of(owner))
    return f"albums/{album_of(owner).pk}/links/"


def uploads(owner: User, start: int, count: int) -> str:
    Upload.objects.bulk_create(
        Upload(owner=owner, sha256=f"{number:064}", name="x.jpg", size_bytes=9)
        for number in range(start, start + count)
    )
    return "uploads/"


def upload_files(owner: User, start: int, count: int) -> str:
    upload = Upload.objects.get_or_create(
        owner=owner, sha256="0" * 64, defaults={"name": "x.zip", "size_bytes": 9, "state": "unpacking"}
    )[0]
    UnpackedFile.objects.bulk_create(
        UnpackedFile(upload=upload, position=start + place, name="x.jpg", status="added", image=image)
        for place, image in enumerate(images(owner, start, count))
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
        ClusteringRun(owner=owner, embedder="facenet128", parameters={"neighbours": 16})
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
        for image in images(owner, start, count)
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
    images(owner, start, count)
    return "images/"


def binned(owner: User, start: int, count: int) -> str:
    images(owner, start, count, binned_at=timezone.now())
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
    "images_list": images_listed,
    "links_list": links,
    "members_list": members,
    "people_list": people,
    "receipts_list": receipts,
    "runs_list": runs,
    "scans_failed": failed_scans,
    "shared_images": shared_images,
    "studio_jobs_list": studio_jobs,
    "tokens_list": tokens,
    "upload_files": upload_files,
    "uploads_list": uploads,
    "verdicts_list": verdicts,
}
