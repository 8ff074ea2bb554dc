"""One account with something of everything, under names as long as they may be: what pages have to show."""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.models import User
from django.utils import timezone

from albums.models import Album, AlbumMember, Image, ImageFingerprint, Job, ShareLink, UnpackedFile, Upload
from albums.services.accounts.accounts import one_time_token
from albums.services.arranging.albums import album_add_images, album_create
from albums.services.arranging.share_links import share_link_create
from api.tokens import token_create
from faces.models import ErasureReceipt, Face, FaceScan, Person
from faces.services.people.edits import faces_confirm, person_hide
from faces.services.people.person_albums import person_album_create
from tests.demo.studio import studio_jobs
from tests.faces.attributes import estimate, switch_on
from tests.rows import NOON, drawn_jpeg, face_row, group_of, stored_image, upload_row

SHARE_PASSWORD = "Open Sesame"
LONG = "Somebody with a very long name " + "y" * 60


@dataclass(frozen=True, slots=True)
class Scene:
    """owner: whose it all is; friend: with an account, and an album that is shared with the owner."""

    owner: User
    friend: User
    image: Image
    anna: Person
    ben: Person
    group: Person
    face: Face
    album: Album
    filling: Album
    borrowed: AlbumMember
    link: ShareLink
    locked: ShareLink
    expired: ShareLink
    zip: Upload
    jobs: dict[str, Job]

    @property
    def ids(self) -> set[int]:
        """The numbers of everything that has one."""
        of = (self.image, self.anna, self.ben, self.group, self.face, self.album, self.filling, self.link)
        return {one.pk for one in (*of, self.borrowed)}

    @property
    def one_time_token(self) -> str:
        """For the owner, who has not signed in since."""
        return one_time_token(self.owner)


def scene_rows(owner: User) -> Scene:
    """Make it all."""
    friend = User.objects.create_user("friend-with-a-long-name-" + "f" * 60)
    anna, ben, group = (
        group_of(owner, 3, name=LONG),
        group_of(owner, 2, look=2, name="Ben"),
        group_of(owner, 2),
    )
    group_of(owner, 1, waiting=True)
    group_of(owner, 1, look=1, waiting=True)
    hidden = group_of(owner, 1, look=5, name="Hidden")
    person_hide(person=hidden, by=owner)
    faces_confirm(faces=list(anna.faces.all()[:1]), by=owner)
    switch_on(owner)
    for years, one in enumerate(anna.faces.order_by("pk")):
        Image.objects.filter(pk=one.image_id).update(captured_at=NOON - timedelta(days=365 * years))
        estimate(one, 41 - years)
    image = stored_image(owner, number=50, name="a/rather/long/path/" + "x" * 120 + ".jpg", size=(960, 640))
    Image.objects.filter(pk=image.pk).update(
        place="Lyon",
        country="FR",
        camera="Canon EOS 5D",
        description="w" * 90,
        latitude=45.76,
        longitude=4.84,
    )
    face = face_row(image, person=anna)
    estimate(face, 38, male=0.08)
    face_row(image)
    face_row(image, person=ben)
    FaceScan.objects.create(image=image, state=FaceScan.State.DONE)
    FaceScan.objects.create(
        image=stored_image(owner, number=51), state=FaceScan.State.FAILED, reason="model_missing"
    )
    refused = stored_image(owner, number=52, name="a/" + "r" * 120 + ".jpg", state=Image.State.REFUSED)
    Image.objects.filter(pk=refused.pk).update(detail="It ends too soon. " * 5)
    stored_image(owner, number=53, state=Image.State.STORED)
    Image.objects.filter(pk=stored_image(owner, number=54).pk).update(binned_at=timezone.now())
    for similar in Image.objects.filter(faces__person=anna).distinct()[:3]:
        ImageFingerprint.objects.create(image=similar, hash=7, detail=7, sharpness=similar.pk)
    album = album_create(owner=owner, name="z" * 150)
    album_add_images(album=album, images=[image, *Image.objects.filter(faces__person=anna).distinct()[:2]])
    AlbumMember.objects.create(album=album, user=friend)
    Album.objects.filter(pk=album.pk).update(gallery=True)
    album.refresh_from_db()
    lent = album_create(owner=friend, name="Lent")
    token_create(user=owner, name="backup " + "t" * 50, scopes=["read"], expires_at=None)
    ErasureReceipt.objects.create(owner=owner, what="one person", counts={"faces": 3})
    return Scene(
        owner=owner,
        friend=friend,
        image=image,
        anna=anna,
        ben=ben,
        group=group,
        face=face,
        album=album,
        filling=person_album_create(owner=owner, name="y" * 150, people=[anna], rule="all"),
        borrowed=AlbumMember.objects.create(album=lent, user=owner),
        link=share_link_create(album=album, shows_names=True, lookalike=True),
        locked=share_link_create(album=album, password=SHARE_PASSWORD),
        expired=share_link_create(album=album, expires_at=timezone.now() - timedelta(days=1)),
        zip=_zip_of(owner),
        jobs=studio_jobs(owner, drawn_jpeg(960, 640, shade=3)),
    )


def _zip_of(owner: User) -> Upload:
    upload_row(owner, name="half" + "h" * 90, size_bytes=100, received_bytes=50)
    upload = upload_row(
        owner,
        name="holiday" + "z" * 90 + ".zip",
        size_bytes=100,
        received_bytes=100,
        state=Upload.State.UNPACKED,
        file_count=2,
    )
    UnpackedFile.objects.create(upload=upload, position=0, name="a.jpg", status=UnpackedFile.Status.ADDED)
    UnpackedFile.objects.create(
        upload=upload, position=1, name="n" * 120, status=UnpackedFile.Status.REFUSED, reason="not a picture"
    )
    return upload
