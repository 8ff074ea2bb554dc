"""faces.tasks.resume_scanning enqueues abandoned scans again."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from albums.models import Image
from config.resuming import work_resumes
from faces import tasks
from faces.models import FaceScan
from tests.faces.coloured import photo
from tests.faces.tasks.scan_photos import DONE, FAILED, ids
from tests.rows import image_row, image_rows


def test_only_abandoned_work_is_enqueued_again(ada: User, sent: list[list[int]]) -> None:
    long_ago = timezone.now() - timedelta(hours=1)
    fresh, lost, unseen, new, done = images = image_rows(ada, 5)
    for image in (fresh, lost):
        FaceScan.objects.create(image=image)
    FaceScan.objects.create(image=done, state=DONE)
    FaceScan.objects.filter(image__in=[lost, done]).update(queued_at=long_ago)
    Image.objects.filter(pk=unseen.pk).update(added_at=long_ago)
    assert tasks.resume_scanning() == 2
    assert sent == [ids([lost, unseen])]
    assert tasks.resume_scanning() == 0, "enqueued a moment ago"
    sent.clear()
    assert tasks.resume_scanning(everything=True) == 4
    assert sent == [ids([fresh, lost, unseen, new])]
    assert len(images) == 5


def test_resuming_groups_owners_whose_grouping_was_lost(
    ada: User, groupings: list[tuple[int, float]], sent: list[list[int]]
) -> None:
    FaceScan.objects.create(image=image_row(ada), state=FAILED, finished_at=timezone.now())
    assert tasks.resume_scanning() == 0
    assert [owner for owner, _ in groupings] == [ada.pk]


def test_a_new_worker_takes_up_everything_at_once(
    ada: User, groupings: list[tuple[int, float]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks.resume_scanning, "delay", tasks.resume_scanning)
    tasks.enqueue_clustering(ada.pk)
    work_resumes.send(sender=None)
    tasks.enqueue_clustering(ada.pk)
    assert len(groupings) == 2, "work enqueued earlier may be lost"


def test_what_failed_for_want_of_a_model_is_taken_up_when_a_worker_starts(ada: User) -> None:
    missing, bad = photo(ada, red=(10, 10, 100)), photo(ada, blue=(10, 10, 100))
    FaceScan.objects.create(image=missing, state="failed", reason="model_missing", attempts=1)
    FaceScan.objects.create(image=bad, state="failed", reason="truncated")
    tasks.resume_scanning()
    assert FaceScan.objects.get(image=missing).state == "failed", "nothing has changed since"
    tasks.resume_scanning(everything=True)
    assert (FaceScan.objects.get(image=missing).state, FaceScan.objects.get(image=missing).reason) == (
        "pending",
        "",
    )
    assert FaceScan.objects.get(image=bad).state == "failed"
