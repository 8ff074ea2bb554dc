"""A library in use: shared albums, deleted photos, named and hidden people, open questions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
from django.contrib.auth.models import User
from django.utils import timezone

from albums.exceptions import RefusalCode
from albums.models import Album, AlbumMember, Image, Job, ShareLink, UnpackedFile, Upload
from albums.services.arranging.albums import album_add_images, album_change, album_create
from albums.services.arranging.members import member_add
from albums.services.arranging.share_links import share_link_create
from albums.services.erasing.bin import images_bin
from api.tokens import token_create
from faces.models import (
    ErasureReceipt,
    Face,
    FaceAttributes,
    FaceRecognition,
    FaceScan,
    Person,
    PersonAlbum,
)
from faces.services.erasing.erasure import ONE_PERSON
from faces.services.people.edits import person_details, person_hide, person_merge, person_name
from faces.services.people.person_albums import person_album_create, person_albums_fill
from faces.vision.weights.age_gender_check import NAME as AGE_GENDER
from tests.demo.rows import vector_set
from tests.demo.states import FEW, Library, long_name
from tests.demo.studio import studio_jobs

WORDS = "Two weeks by the lake with everybody.\n\nBring the good camera next time, and more hats."
UNASSIGNED = ("Ben", "Priya", "Idris", "Hana", "Sam", "Elsie", "Finn")
"""The worst face of each of them is unassigned."""
UNCLEAR = 2


@dataclass(slots=True)
class Scene:
    """The subjects of the pages; None for those that the library lacks."""

    owner: User
    guest: User
    newcomer: User
    """An account with uploads only."""
    images: list[Image]
    person: Person | None = None
    other: Person | None = None
    nameless: Person | None = None
    photo: Image | None = None
    album: Album | None = None
    filling: Album | None = None
    member: AlbumMember | None = None
    links: dict[str, ShareLink] = field(default_factory=dict)
    zip: Upload | None = None
    jobs: dict[str, Job] = field(default_factory=dict)


def library_used(library: Library, *, guest: User, newcomer: User, long: bool) -> Scene:
    """Use the library, as far as it has photos and people for it."""
    scene = Scene(library.owner, guest, newcomer, library.images)
    if library.images:
        scene.photo = library.images[0]
        _shared(scene, long=long)
        _unpacked(scene, long=long)
        scene.jobs = studio_jobs(scene.owner, scene.photo.renditions.get(kind="preview").file.read())
        token_create(user=scene.owner, name="Picture frame in the hall", scopes=["read"], expires_at=None)
    named = [person for person in library.people.values() if person.name]
    if len(library.images) > FEW:
        if named:
            _known(scene, library)
            _estimated(scene)
        _lost(scene, long=long)
    elif named:
        scene.person, scene.other, *_rest = named
    return scene


def _shared(scene: Scene, *, long: bool) -> None:
    def name(text: str, number: int) -> str:
        return long_name(text, number) if long else text

    owner, guest = scene.owner, scene.guest
    scene.album = album_create(owner=owner, name=name("Summer by the lake", 0))
    album_change(album=scene.album, name=scene.album.name, description=WORDS, sort=Album.Sort.NEWEST)
    album_add_images(album=scene.album, images=scene.images[:18], by=owner)
    for number, (title, images) in enumerate(
        (
            ("Grandma's eightieth", scene.images[6:14]),
            ("For the wall", scene.images[20:21]),
            ("Mountains", []),
        )
    ):
        album_add_images(
            album=album_create(owner=owner, name=name(title, number + 1)), images=images, by=owner
        )
    scene.member = member_add(album=scene.album, username=guest.username, role=AlbumMember.Role.EDITOR)
    theirs = album_create(owner=guest, name=name("Ben's garden", 2))
    member_add(album=theirs, username=owner.username, role=AlbumMember.Role.VIEWER)
    now = timezone.now()
    scene.links = {
        "open": share_link_create(album=scene.album, shows_names=True, expires_at=now + timedelta(days=30)),
        "locked": share_link_create(album=scene.album, password="lake", downloads=False),
        "over": share_link_create(album=scene.album, expires_at=now - timedelta(days=2)),
    }


def _unpacked(scene: Scene, *, long: bool) -> None:
    """Store an unpacked zip and an interrupted upload."""
    scene.zip = Upload.objects.create(
        owner=scene.owner,
        sha256="0" * 64,
        name=f"{long_name('holiday', 0)}.zip" if long else "holiday.zip",
        size_bytes=48_000_000,
        received_bytes=48_000_000,
        state=Upload.State.UNPACKED,
        file_count=3,
    )
    for position, (name, status, reason) in enumerate(
        (
            ("holiday/beach-01.jpg", UnpackedFile.Status.ADDED, ""),
            ("holiday/beach-02.jpg", UnpackedFile.Status.ALREADY_THERE, ""),
            ("holiday/notes.jpg", UnpackedFile.Status.REFUSED, "This isn't an image."),
        )
    ):
        UnpackedFile.objects.create(
            upload=scene.zip,
            position=position,
            name=name,
            status=status,
            reason=reason,
            image=None if reason else scene.images[position],
        )
    Upload.objects.create(
        owner=scene.owner,
        sha256="1" * 64,
        name="panorama-of-the-whole-valley.jpg",
        size_bytes=31_000_000,
        received_bytes=12_000_000,
    )


def _known(scene: Scene, library: Library) -> None:
    """Create names, a smart album, questions of each kind, and changes."""
    owner, people = scene.owner, library.people
    scene.person, scene.other = people["Clara"], people["Maya"]
    with_her = Face.objects.filter(person=scene.person).order_by("-image__captured_at")
    scene.photo = with_her[1].image
    scene.filling = person_album_create(
        owner=owner,
        name="Clara and Daniel",
        people=[scene.person, people["Daniel"]],
        rule=PersonAlbum.Rule.ANY,
    )
    person_albums_fill([scene.filling.pk])
    person_details(person=scene.person, birth_date=date(1994, 5, 17), by=owner)
    person_hide(person=people["?4"], by=owner)
    scene.nameless = people["?1"]
    _confused(owner, people)
    # For the history.
    split = Person.objects.create(owner=owner)
    Face.objects.filter(pk__in=people["Amara"].faces.values("pk")[:1]).update(person=split)
    person_merge(into=people["Amara"], others=[split], by=owner)
    person_name(person=people["Nico"], name=people["Nico"].name + " B.", by=owner)


def _estimated(scene: Scene) -> None:
    """Switch age and gender on, and store estimates of all faces; the network is not meant for drawings."""
    FaceRecognition.objects.update_or_create(owner=scene.owner, defaults={"attributes": True})
    for face in Face.objects.filter(image__owner=scene.owner).select_related("image"):
        rng = np.random.default_rng(face.person_id or face.pk)
        born, male = int(rng.integers(1945, 2000)), float(rng.uniform(0.8, 0.99))
        years = (face.image.captured_at or timezone.now()).year - born
        FaceAttributes.objects.create(
            face=face,
            model=AGE_GENDER,
            crop=str(face.crop.name),
            age=max(0, years + float(np.random.default_rng(face.pk).normal(scale=4))),
            male=male if born % 2 else 1 - male,
        )


def _confused(owner: User, people: dict[str, Person]) -> None:
    """Create questions: a second group of a person, a person twice in a photo, unassigned faces."""
    apart = Person.objects.create(owner=owner)
    for face in people["Clara"].faces.order_by("quality")[:2]:
        face.person = apart
        face.save(update_fields=["person"])
        vector_set(face, "Clara", spread=0.6)
    shared = Image.objects.filter(faces__person=people["Zoe"]).filter(faces__person=people["Leila"]).first()
    if shared is not None:
        twice = shared.faces.get(person=people["Leila"])
        twice.person = people["Zoe"]
        twice.save(update_fields=["person"])
        vector_set(twice, "Zoe", spread=1.0)
    for number, who in enumerate(UNASSIGNED):
        face = people[who].faces.earliest("quality")
        face.person = None
        if number < UNCLEAR:
            face.score, face.poor_reason, face.quality = 0.55, "small", 0.1
        face.save(update_fields=["person", "score", "poor_reason", "quality"])
        # Unclear faces resemble no person, so that the question is if they are faces at all.
        vector_set(face, f"stranger {number}" if number < UNCLEAR else who, spread=0.5 + 0.12 * number)


def _lost(scene: Scene, *, long: bool) -> None:
    """Create deleted photos, rejected files and a failed scan."""
    gone = [image.pk for image in scene.images[-5:]]
    images_bin(images=Image.objects.filter(pk__in=gone), by=scene.owner)
    scene.images = [image for image in scene.images if image.pk not in gone]
    for number, (name, reason) in enumerate(
        (("2019/scan.jpg", RefusalCode.TRUNCATED), ("notes.txt", RefusalCode.NOT_AN_IMAGE))
    ):
        Image.objects.create(
            owner=scene.owner,
            sha256=f"{number + 2}" * 64,
            source_path=long_name(name, number).replace(" ", "_") if long else name,
            size_bytes=81_000,
            state=Image.State.REFUSED,
            reason=reason,
        )
    FaceScan.objects.filter(image=scene.images[-1]).update(
        state=FaceScan.State.FAILED, reason="model_missing", detail="The model file is not installed."
    )
    ErasureReceipt.objects.create(
        owner=scene.owner, what=ONE_PERSON, counts={"vectors": 12, "faces": 12, "crops": 12, "answers": 3}
    )
