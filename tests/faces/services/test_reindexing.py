"""Looking for faces again: which photos, and what survives."""

import pytest
from django.contrib.auth.models import User

from albums.models import Album, AlbumImage, Image
from faces.models import Face, FaceScan, Person
from faces.services.detection import scans_claim, scans_open, scans_run
from faces.services.people import person_name
from faces.services.reindexing import BATCH, images_reopen, images_rescan, images_to_reindex
from tests.faces.coloured import ColourDetector, photo, rows


def chosen(owner: User, **options: object) -> list[int]:
    images = images_to_reindex(Image.objects.visible_to(owner), **options)  # type: ignore[arg-type]
    return sorted(images.values_list("pk", flat=True))


def scan(image: Image, state: str, **values: object) -> FaceScan:
    return FaceScan.objects.create(image=image, state=state, **values)


def test_all_photos_that_were_read_are_chosen(ada: User, grace: User) -> None:
    images = rows(ada, 4)
    rows(grace, 1)
    Image.objects.filter(pk=images[0].pk).update(state=Image.State.STORED)
    Image.objects.filter(pk=images[1].pk).update(state=Image.State.REFUSED)
    assert chosen(ada) == [images[2].pk, images[3].pk]


def test_an_albums_photos_are_chosen_once_though_two_albums_have_them(ada: User) -> None:
    images = rows(ada, 4)
    albums = [Album.objects.create(owner=ada, name=name) for name in ("Bath", "Oslo")]
    for album, image in ((albums[0], images[0]), (albums[0], images[1]), (albums[1], images[1])):
        AlbumImage.objects.create(album=album, image=image)
    assert chosen(ada, albums=albums) == [images[0].pk, images[1].pk]
    assert chosen(ada, albums=albums[1:]) == [images[1].pk]


def test_only_where_it_failed(ada: User) -> None:
    done, failed, _unseen = rows(ada, 3)
    scan(done, "done")
    scan(failed, "failed")
    assert chosen(ada, failed_only=True) == [failed.pk]


def test_a_reopened_scan_begins_afresh_and_its_faces_stay_until_then(
    ada: User, detector: ColourDetector
) -> None:
    image, never = photo(ada, red=(10, 10, 100)), photo(ada)
    scans_run(scans_claim(scans_open([image.pk])))
    FaceScan.objects.update(state="failed", attempts=3, reason="crashed", detail="it did")
    images_reopen([image.pk, never.pk])
    for row in FaceScan.objects.all():
        assert (row.state, row.attempts, row.reason, row.detail) == ("pending", 0, "", "")
    assert FaceScan.objects.count() == 2
    assert Face.objects.count() == 1


def test_photos_are_looked_at_in_batches_that_are_counted(ada: User, detector: ColourDetector) -> None:
    ids = [photo(ada, red=(10, 10, 80)).pk for _ in range(BATCH + 3)]
    images_reopen(ids)
    assert list(images_rescan(ids)) == [BATCH, 3]
    assert Face.objects.count() == BATCH + 3
    assert not FaceScan.objects.exclude(state="done").exists()


def test_ids_people_and_names_survive(ada: User, detector: ColourDetector) -> None:
    images = [photo(ada, red=(10, 10, 100), blue=(200, 100, 90)) for _ in range(3)]
    ids = [image.pk for image in images]
    scans_run(scans_claim(scans_open(ids)))
    person = Person.objects.create(owner=ada)
    Face.objects.filter(x__lt=0.1).update(person=person)
    person_name(person=person, name="Ruby")
    before = list(Face.objects.order_by("pk").values_list("pk", "image_id", "person_id"))
    detector.name = "another"
    images_reopen(ids)
    assert sum(images_rescan(ids)) == 3
    assert list(Face.objects.order_by("pk").values_list("pk", "image_id", "person_id")) == before
    assert set(Face.objects.values_list("detector", flat=True)) == {"another"}


def test_what_was_not_reopened_is_not_looked_at(ada: User, detector: ColourDetector) -> None:
    image = photo(ada, red=(10, 10, 100))
    scans_run(scans_claim(scans_open([image.pk])))
    list(images_rescan([image.pk]))
    assert detector.looks == 1


@pytest.mark.parametrize("count", [0, 1])
def test_nothing_to_do_is_no_error(ada: User, detector: ColourDetector, count: int) -> None:
    assert sum(images_rescan([10**9] * count)) == count
