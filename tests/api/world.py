"""One account with some of everything, and the others whom its album is shared with."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import User

from albums.models import Album, AlbumImage, AlbumMember, Image, ShareLink, Upload
from api.models import ApiToken
from api.tokens import token_create
from faces.models import Change, ClusteringRun, Face, FaceScan, Person
from tests.page_rows import face_row, stored_image


@dataclass
class World:
    """Ada's things, and who else there is."""

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
        }


@pytest.fixture
def world(db: None) -> World:
    ada, editor, viewer, stranger = (
        User.objects.create_user(name) for name in ("ada", "edith", "victor", "eve")
    )
    image = stored_image(ada)
    person, other = Person.objects.create(owner=ada, name="Anna"), Person.objects.create(owner=ada)
    album = Album.objects.create(owner=ada, name="Summer")
    AlbumImage.objects.create(album=album, image=image)
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
        upload=Upload.objects.create(owner=ada, sha256="0" * 64, name="x.jpg", size_bytes=9),
        change=Change.objects.create(owner=ada, by=ada, kind="name"),
        run=ClusteringRun.objects.create(owner=ada, embedder="facenet128"),
        binned=stored_image(ada, number=9, binned=True),
        token=token_create(user=ada, name="Phone", scopes=["read"], expires_at=None)[0],
    )
