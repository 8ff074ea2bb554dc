"""Progress of scans and groupings."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from albums.models import Image
from albums.services.core.photo_counts import photo_counts
from albums.services.core.progress import Stage, stages, work_left
from faces.models import FaceRecognition, FaceScan, Person
from faces.services.grouping.run import owner_recluster
from faces.services.upkeep.progress import grouping_stage, scan_stage
from tests.faces.coloured import face
from tests.rows import image_row, image_rows


def scanned(image: Image, state: str = "done") -> None:
    finished = None if state == "pending" else timezone.now()
    FaceScan.objects.create(image=image, state=state, finished_at=finished)


def scans_of(owner: User) -> Stage:
    return scan_stage(owner.pk, photo_counts(owner.images.all()))


def test_the_stages_follow_that_of_reading(ada: User) -> None:
    assert [stage.name for stage in stages(ada.pk)] == ["read", "scan", "group"]


def test_photos_are_counted_as_waiting_done_and_failed(ada: User, grace: User) -> None:
    done, failed, pending, _unseen = image_rows(ada, 4)
    scanned(done)
    scanned(failed, "failed")
    scanned(pending, "pending")
    scanned(image_row(grace))
    stage = scans_of(ada)
    assert (stage.done, stage.failed, stage.total) == (1, 1, 4)
    assert not stage.finished


def test_photos_that_are_not_read_or_refused_do_not_count(ada: User) -> None:
    ready, stored, refused = image_rows(ada, 3)
    Image.objects.filter(pk=stored.pk).update(state=Image.State.STORED)
    Image.objects.filter(pk=refused.pk).update(state=Image.State.REFUSED)
    for image in (ready, refused):
        scanned(image)
    stage = scans_of(ada)
    assert (stage.done, stage.failed, stage.total) == (1, 0, 1)
    assert stage.finished


def test_faces_and_people_are_shown_in_words(ada: User) -> None:
    first, second = image_rows(ada, 2)
    assert scans_of(ada).detail == "0 faces"
    assert grouping_stage(ada.pk).detail == "0 people"
    person = Person.objects.create(owner=ada)
    face(first, person=person)
    Person.objects.create(owner=ada, name="Without a face")
    assert scans_of(ada).detail == "1 face"
    assert grouping_stage(ada.pk).detail == "1 person"
    face(second, person=person)
    face(second, person=Person.objects.create(owner=ada))
    face(second)
    face(second, dismissed=True)
    face(first, person=person, binned=True)
    assert scans_of(ada).detail == "5 faces"
    assert grouping_stage(ada.pk).detail == "2 people"


def test_the_grouping_is_finished_until_a_photo_is_looked_at(ada: User) -> None:
    assert grouping_stage(ada.pk).finished, "nothing to group"
    first, second = image_rows(ada, 2)
    scanned(first)
    assert not grouping_stage(ada.pk).finished
    owner_recluster(ada)
    assert grouping_stage(ada.pk).finished
    scanned(second)
    assert not grouping_stage(ada.pk).finished


def test_each_stage_is_at_most_three_queries(ada: User, django_assert_max_num_queries) -> None:
    for image in image_rows(ada, 10):
        scanned(image)
        face(image, person=Person.objects.create(owner=ada))
    photos = photo_counts(ada.images.all())
    with django_assert_max_num_queries(3):
        scan_stage(ada.pk, photos)
    with django_assert_max_num_queries(3):
        grouping_stage(ada.pk)


@pytest.mark.parametrize("recognition", [True, False])
def test_whether_work_is_left_is_what_the_stages_say(ada: User, grace: User, recognition: bool) -> None:
    """The short answer, query_count by every page, is that of the long one in every state."""

    def agree(*, left: bool) -> None:
        assert work_left(ada.pk) is any(not stage.finished for stage in stages(ada.pk)) is left

    if not recognition:
        FaceRecognition.objects.create(owner=ada, enabled=False)
    scanned(image_row(grace), "pending")
    agree(left=False)
    first, second = image_rows(ada, 2)
    agree(left=recognition)
    scanned(first)
    scanned(second, "pending")
    agree(left=recognition)
    FaceScan.objects.update(state="failed", finished_at=timezone.now())
    agree(left=recognition)
    owner_recluster(ada)
    agree(left=False)
    Image.objects.filter(pk=second.pk).update(state=Image.State.STORED)
    agree(left=True)
    Image.objects.filter(pk=second.pk).update(binned_at=timezone.now())
    agree(left=False)


def test_asking_whether_work_is_left_takes_as_many_queries_for_many_photos(ada: User) -> None:
    def query_count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert not work_left(ada.pk)
        return len(queries)

    scanned(image_row(ada))
    owner_recluster(ada)
    few = query_count()
    for image in image_rows(ada, 20):
        scanned(image)
    owner_recluster(ada)
    assert query_count() == few
