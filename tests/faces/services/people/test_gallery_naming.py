"""People of a gallery get the names of their folders."""

import pytest
from django.contrib.auth.models import User

from albums.models import Image
from albums.services.uploading.gallery_folders import NamingReport, people_folders
from faces.models import Change, Face, FaceScan, Person, Verdict
from faces.services.history.history import change_undo
from faces.services.people.edits import faces_reject
from faces.services.people.gallery_naming import gallery_name, scans_waiting
from faces.services.people.naming import faces_name
from faces.vision.types import Box
from tests.faces.coloured import face
from tests.rows import image_rows

pytestmark = pytest.mark.django_db
LARGE, SMALL = Box(0.3, 0.1, 0.4, 0.5), Box(0.05, 0.05, 0.1, 0.1)


def scanned(owner: User, **people: Box) -> Image:
    """A scanned photo with these people in it, by colour."""
    image = image_rows(owner, 1)[0]
    FaceScan.objects.create(image=image, state=FaceScan.State.DONE)
    for colour, box in people.items():
        face(image, colour, box=box)
    return image


def named(owner: User, folders: dict[str, list[Image]]) -> NamingReport:
    return gallery_name(
        owner, {name: [image.pk for image in images] for name, images in folders.items()}, iter
    )


def names_in(image: Image) -> list[str]:
    people = Face.objects.filter(image=image, person__isnull=False).values_list("person__name", flat=True)
    return list(people)


def test_underscores_are_spaces_and_files_beside_the_folders_are_left_out() -> None:
    files = {"Anna_Castillo/1.jpg": 1, "Anna Castillo/old/2.jpg": 2, "group.jpg": 3, "Ben/1.jpg": 1}
    assert people_folders(files) == {"Anna Castillo": {1, 2}, "Ben": {1}}


def test_each_person_is_confirmed_in_their_photos_and_no_other_face(ada: User) -> None:
    anna = [
        scanned(ada, red=LARGE),
        scanned(ada, red=LARGE, green=SMALL),
        scanned(ada, red=SMALL, blue=LARGE),
    ]
    ben = [scanned(ada, blue=LARGE, red=SMALL)]
    report = named(ada, {"Anna": anna, "Ben": ben})
    assert (report.people, report.named, report.unclear) == (2, 4, {})
    assert [names_in(image) for image in (*anna, *ben)] == [["Anna"]] * 3 + [["Ben"]]
    assert Verdict.objects.filter(kind="is", by=ada).count() == 4
    assert Face.objects.filter(person=None).count() == 3


def test_repeating_it_changes_nothing_and_new_photos_are_added(ada: User) -> None:
    anna = [scanned(ada, red=LARGE), scanned(ada, red=LARGE)]
    named(ada, {"Anna": anna})
    changes = Change.objects.count()
    again = named(ada, {"Anna": anna})
    assert (again.people, again.named, again.settled, Change.objects.count()) == (1, 0, 2, changes)
    more = named(ada, {"anna": [*anna, scanned(ada, red=LARGE)]})
    assert (more.named, more.settled, Person.objects.count()) == (1, 2, 1)


def test_decisions_of_the_owner_stay(ada: User) -> None:
    images = [scanned(ada, red=LARGE) for _ in range(4)]
    faces = [image.faces.get() for image in images]
    faces_name(faces=faces[:1], name="Ben", by=ada)
    anna = faces_name(faces=faces[1:2], name="Anna", by=ada)
    faces_reject(faces=faces[2:3], person=anna, by=ada)
    report = named(ada, {"Anna": images})
    assert (report.named, report.settled) == (1, 1)
    assert report.unclear == dict.fromkeys([images[0].pk, images[2].pk], "decided_otherwise")
    assert [names_in(image) for image in images] == [["Ben"], ["Anna"], [], ["Anna"]]


def test_a_photo_in_two_folders_shows_both_and_a_face_is_one_person(ada: User) -> None:
    both = scanned(ada, red=LARGE, blue=SMALL)
    alone, ben = scanned(ada, red=LARGE), scanned(ada, blue=LARGE)
    named(ada, {"Anna": [both, alone], "Ben": [both, ben]})
    assert sorted(names_in(both)) == ["Anna", "Ben"]
    report = named(ada, {"Somebody": [ben]})
    assert report.unclear == {ben.pk: "decided_otherwise"}


def test_photos_without_the_person_are_reported_with_the_reason(ada: User) -> None:
    empty, failed = scanned(ada), image_rows(ada, 1)[0]
    FaceScan.objects.create(image=failed, state=FaceScan.State.FAILED)
    images = [scanned(ada, red=LARGE), scanned(ada, red=LARGE), scanned(ada, blue=LARGE), empty, failed]
    report = named(ada, {"Anna": images})
    assert report.unclear == {images[2].pk: "no_match", empty.pk: "no_face", failed.pk: "scan_failed"}
    assert named(ada, {"A" * 300: [scanned(ada, green=LARGE)]}).unclear.popitem()[1] == "name_refused"


def test_each_naming_can_be_undone(ada: User) -> None:
    image = scanned(ada, red=LARGE)
    named(ada, {"Anna": [image]})
    change_undo(change=Change.objects.latest("pk"), by=ada)
    assert names_in(image) == []


def test_photos_wait_until_they_are_scanned_failed_or_in_the_bin(ada: User) -> None:
    done, failed, pending, binned, refused = images = image_rows(ada, 5)
    FaceScan.objects.create(image=done, state=FaceScan.State.DONE)
    FaceScan.objects.create(image=failed, state=FaceScan.State.FAILED)
    FaceScan.objects.create(image=pending)
    Image.objects.filter(pk=binned.pk).update(binned_at=done.added_at)
    Image.objects.filter(pk=refused.pk).update(state=Image.State.REFUSED)
    assert scans_waiting([image.pk for image in images]) == 1
