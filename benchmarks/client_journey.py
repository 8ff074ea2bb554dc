"""The journey of `generated_client.py`, run in an environment that has the generated client but not the app.

Every request is a function of the client, and every response must be of one of its types.
"""

from __future__ import annotations

import hashlib
import io
import json
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from trombine_client import AuthenticatedClient, Client
from trombine_client.api.account import me_get, sign_in
from trombine_client.api.albums import album_create, album_images, album_zip
from trombine_client.api.changes import change_undo, changes_list
from trombine_client.api.faces import face_crop, faces_list
from trombine_client.api.images import image_original, images_list
from trombine_client.api.jobs import jobs_get
from trombine_client.api.look_alike import lookalike
from trombine_client.api.people import people_list, person_change, person_get
from trombine_client.api.uploads import image_upload, upload_append, upload_begin
from trombine_client.models import (
    AlbumOut,
    ChangeKind,
    ChangeOut,
    ChangePageOut,
    FaceLookalikeIn,
    FacePageOut,
    ImageOut,
    ImagePageOut,
    JobsOut,
    LookalikeOut,
    MeOut,
    NewAlbumIn,
    NewImageIn,
    NewTokenOut,
    PersonIn,
    PersonOut,
    PersonPageOut,
    PictureLookalikeIn,
    Problem,
    Scope,
    SignInIn,
    UploadIn,
    UploadOut,
    UploadStatus,
)
from trombine_client.types import File

Answer = TypeVar("Answer")
NAME = "Known Person"
SECONDS_TO_WAIT = 600


class Journey:
    """The steps in their order; each returns a short summary of the response."""

    def __init__(self, address: str, name: str, password: str, folders: list[Path], each: int) -> None:
        self.address, self.name, self.password = address, name, password
        self.files = [file for folder in folders for file in sorted(folder.glob("*.jpg"))[:each]]
        self.one = folders[0]
        self.client: AuthenticatedClient
        self.person: PersonOut
        self.album: AlbumOut

    def refused(self) -> str:
        """Sign in with a wrong password, which is a problem with a code."""
        body = SignInIn(username=self.name, password="wrong", name="journey", scopes=[Scope.READ])
        found = sign_in.sync(client=Client(base_url=self.address), body=body)
        is_right(isinstance(found, Problem) and found.code == "wrong_password", found)
        return "refused as wrong_password"

    def signed_in(self) -> str:
        """Sign in with name and password, and use the token."""
        scopes = [Scope.READ, Scope.WRITE, Scope.FACES]
        body = SignInIn(username=self.name, password=self.password, name="journey", scopes=scopes)
        token = of(NewTokenOut, sign_in.sync(client=Client(base_url=self.address), body=body))
        self.client = AuthenticatedClient(
            base_url=self.address, token=token.secret, raise_on_unexpected_status=True
        )
        me = of(MeOut, me_get.sync(client=self.client))
        is_right(me.username == self.name and me.scopes == scopes, me)
        return f"{me.username}, {len(me.scopes)} scopes"

    def sent(self) -> str:
        """Upload each photo in one request, the first one in chunks, and that one again."""
        first, *rest = self.files
        content = first.read_bytes()
        begun = of(UploadOut, upload_begin.sync(client=self.client, body=announced(first, content)))
        is_right(begun.status is UploadStatus.GO_ON and begun.id is not None, begun)
        middle = len(content) // 2
        for start, end in ((0, middle), (middle, len(content))):
            piece = File(payload=io.BytesIO(content[start:end]))
            answer = upload_append.sync(begun.id, client=self.client, body=piece, upload_offset=start)
            came = of(UploadOut, answer)
        is_right(came.status is UploadStatus.ADDED, came)
        for file in rest:
            body = NewImageIn(file=File(payload=file.open("rb"), file_name=file.name), path=path_of(file))
            added = of(UploadOut, image_upload.sync(client=self.client, body=body))
            is_right(added.status is UploadStatus.ADDED and added.image is not None, added)
        again = of(UploadOut, upload_begin.sync(client=self.client, body=announced(first, content)))
        is_right(again.status is UploadStatus.ALREADY_THERE, again)
        return f"{len(self.files)} photos"

    def read(self) -> str:
        """Wait for the workers, then list all photos page by page."""
        end = time.monotonic() + SECONDS_TO_WAIT
        while of(JobsOut, jobs := jobs_get.sync(client=self.client)).busy:
            is_right(time.monotonic() < end, jobs)
            time.sleep(0.5)
        listed = of(ImagePageOut, images_list.sync(client=self.client, limit=500))
        is_right(len(listed.results) == len(self.files) and listed.next_ is None, listed)
        pages, cursor = 0, ""
        seen: list[int] = []
        while cursor is not None:
            page = of(ImagePageOut, images_list.sync(client=self.client, limit=10, cursor=cursor))
            seen += [image.id for image in page.results]
            pages, cursor = pages + 1, page.next_
        is_right(seen == [image.id for image in listed.results], seen)
        return f"{len(seen)} photos in {pages} pages"

    def named(self) -> str:
        """Name the group of the first folder's faces."""
        page = of(PersonPageOut, people_list.sync(client=self.client, named=False))
        mine = {path_of(file) for file in self.files if file.parent == self.one}
        counts: dict[int, int] = {}
        for person in page.results:
            images = of(ImagePageOut, images_list.sync(client=self.client, person=[person.id]))
            counts[person.id] = sum(image.path in mine for image in images.results)
        biggest = max(counts, key=lambda one: counts[one])
        body = PersonIn(name=NAME)
        self.person = of(PersonOut, person_change.sync(biggest, client=self.client, body=body))
        is_right(self.person.name == NAME and self.person.face_count >= 2, self.person)
        faces = of(FacePageOut, faces_list.sync(client=self.client, person=self.person.id))
        crop = of(File, face_crop.sync(faces.results[0].id, client=self.client))
        is_right(crop.payload.read(3) == b"\xff\xd8\xff", "no JPEG")
        return f"{len(page.results)} groups, {self.person.face_count} faces named"

    def found(self) -> str:
        """Find the person with a picture of them."""
        picture = max(self.one.glob("*.jpg"))
        with picture.open("rb") as file:
            body = PictureLookalikeIn(picture=File(payload=file, file_name=picture.name), people=5)
            result = of(LookalikeOut, lookalike.sync(client=self.client, body=body))
        is_right(result.people and result.people[0].person == self.person.id, result)
        by_face = FaceLookalikeIn(face=result.faces[0].face)
        again = of(LookalikeOut, lookalike.sync(client=self.client, body=by_face))
        is_right(again.people[0].person == self.person.id, again)
        return f"{result.people[0].name}, {result.people[0].probability:.0%}"

    def undone(self) -> str:
        """Undo the naming; a second undo is refused."""
        page = of(ChangePageOut, changes_list.sync(client=self.client, undone=False, limit=1))
        newest = page.results[0]
        is_right(newest.kind is ChangeKind.DETAILS and newest.by == self.name, newest)
        change = of(ChangeOut, change_undo.sync(newest.id, client=self.client))
        is_right(change.undone_at is not None, change)
        twice = change_undo.sync(newest.id, client=self.client)
        is_right(isinstance(twice, Problem) and twice.code == "already_undone", twice)
        person = of(PersonOut, person_get.sync(self.person.id, client=self.client))
        is_right(person.name == "", person)
        return "unnamed again"

    def arranged(self) -> str:
        """Create an album of the person's photos, and download an original."""
        page = of(ImagePageOut, images_list.sync(client=self.client, person=[self.person.id]))
        body = NewAlbumIn(name="Journey", images=[image.id for image in page.results])
        self.album = of(AlbumOut, album_create.sync(client=self.client, body=body))
        is_right(self.album.photo_count == len(page.results), self.album)
        inside = of(ImagePageOut, album_images.sync(self.album.id, client=self.client))
        is_right({one.id for one in inside.results} == {one.id for one in page.results}, inside)
        image: ImageOut = inside.results[0]
        original = of(File, image_original.sync(image.id, client=self.client)).payload.read()
        given = next(file for file in self.files if path_of(file) == image.path)
        is_right(original == given.read_bytes(), "another file")
        return f"{self.album.photo_count} photos"

    def fetched(self) -> str:
        """Download the album as a zip."""
        content = of(File, album_zip.sync(self.album.id, client=self.client)).payload.read()
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            is_right(archive.testzip() is None, "damaged")
            sizes = sorted(info.file_size for info in archive.infolist())
        page = of(ImagePageOut, album_images.sync(self.album.id, client=self.client, limit=500))
        is_right(sizes == sorted(image.size_bytes for image in page.results), sizes)
        return f"{len(content) / 1000:.0f} kB"


def of(kind: type[Answer], found: object) -> Answer:
    """Return a response of the required type, or exit."""
    if isinstance(found, kind):
        return found
    sys.exit(f"Not a {kind.__name__}: {found}")


def is_right(condition: object, found: object) -> None:
    """Exit unless the condition holds."""
    if not condition:
        sys.exit(f"Not as expected: {found}")


def path_of(file: Path) -> str:
    """Return the path under which a file is uploaded, with its folder."""
    return f"{file.parent.name}/{file.name}"


def announced(file: Path, content: bytes) -> UploadIn:
    """Return the announcement of a file that is uploaded in chunks."""
    return UploadIn(name=path_of(file), size=len(content), sha256=hashlib.sha256(content).hexdigest())


def main() -> None:
    """Run all steps and print them as JSON."""
    address, name, password, each, *folders = sys.argv[1:]
    journey = Journey(address, name, password, [Path(one) for one in folders], int(each))
    steps: list[tuple[str, Callable[[], str]]] = [
        ("a wrong password", journey.refused),
        ("sign in", journey.signed_in),
        ("upload a folder", journey.sent),
        ("wait for processing", journey.read),
        ("name a person", journey.named),
        ("search with a picture", journey.found),
        ("undo the naming", journey.undone),
        ("create an album", journey.arranged),
        ("download its zip", journey.fetched),
    ]
    results = []
    for step, run in steps:
        print(step, file=sys.stderr, flush=True)
        began = time.monotonic()
        answer = run()
        results.append({"step": step, "seconds": time.monotonic() - began, "answer": answer})
    print(json.dumps(results))


if __name__ == "__main__":
    main()
