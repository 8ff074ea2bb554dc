"""An account with rows of every kind, and accounts that its album is shared with."""

import copy
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.test import override_settings
from django.utils import timezone
from pytest_django import DjangoDbBlocker, Settings

from albums.models import (
    Album,
    AlbumMember,
    DifferentPhotos,
    Image,
    Job,
    JobFile,
    PhotoChange,
    ShareLink,
    Upload,
)
from albums.services.jobs.context import job_file_put
from api.models import ApiToken
from api.tokens import token_create
from faces.models import Change, ClusteringRun, Face, FaceScan, Person
from tests.rows import album_of, face_row, stored_image, upload_row


@dataclass
class World:
    """Ada's rows, and the other accounts."""

    ada: User
    editor: User
    viewer: User
    stranger: User
    image: Image
    face: Face
    person: Person
    other: Person
    album: Album
    link: ShareLink
    upload: Upload
    change: Change
    token: ApiToken
    run: ClusteringRun
    binned: Image
    job: Job
    different: DifferentPhotos
    photo_change: PhotoChange

    def ids(self) -> dict[str, Any]:
        return {
            "images": self.image.pk,
            "faces": self.face.pk,
            "people": self.person.pk,
            "albums": self.album.pk,
            "links": self.link.pk,
            "changes": self.change.pk,
            "tokens": self.token.pk,
            "uploads": self.upload.pk,
            "runs": self.run.pk,
            "bin": self.binned.pk,
            "jobs": self.job.pk,
            "different": self.different.pk,
            "photo-changes": self.photo_change.pk,
        }


def job_with_result(owner: User) -> Job:
    job = Job.objects.create(owner=owner, kind="drawn", state="done", finished_at=timezone.now())
    job_file_put(job, JobFile.Role.RESULT, "result.txt", b"a result", "text/plain").save()
    return job


def world_create() -> World:
    ada, editor, viewer, stranger = (
        User.objects.create_user(name) for name in ("ada", "edith", "victor", "eve")
    )
    image = stored_image(ada)
    person, other = Person.objects.create(owner=ada, name="Anna"), Person.objects.create(owner=ada)
    album = album_of(ada, image, name="Summer")
    AlbumMember.objects.create(album=album, user=editor, role="editor")
    AlbumMember.objects.create(album=album, user=viewer, role="viewer")
    face_row(image, person=other)
    FaceScan.objects.create(image=image, state="done")
    return World(
        ada,
        editor,
        viewer,
        stranger,
        image=image,
        face=face_row(image, person=person),
        person=person,
        other=other,
        album=album,
        link=ShareLink.objects.create(album=album),
        upload=upload_row(ada),
        change=Change.objects.create(owner=ada, by=ada, kind="name"),
        run=ClusteringRun.objects.create(owner=ada, embedder="facenet_sface256"),
        binned=stored_image(ada, number=9, binned=True),
        job=job_with_result(ada),
        different=DifferentPhotos.objects.create(owner=ada, image_ids=[image.pk, image.pk + 1]),
        photo_change=PhotoChange.objects.create(owner=ada, kind="date"),
        token=token_create(user=ada, name="Phone", scopes=["read"], expires_at=None)[0],
    )


@pytest.fixture(scope="module")
def stored_world(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[World, Path]]:
    """Store the world and its media folder once per module; each test rolls back to it."""
    folder = tmp_path_factory.mktemp("media")
    transaction_of_module = transaction.atomic()
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=folder):
        transaction_of_module.__enter__()
        made = world_create()
    yield made, folder
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        transaction_of_module.__exit__(None, None, None)


@pytest.fixture
def world(stored_world: tuple[World, Path], db: None, settings: Settings) -> World:
    """Return the stored world, with a copy of its files."""
    made, folder = stored_world
    shutil.copytree(folder, settings.MEDIA_ROOT, dirs_exist_ok=True)
    return copy.deepcopy(made)
