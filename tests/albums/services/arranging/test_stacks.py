"""Stacks of photos that were taken in a row: what forms them, what ends them, and who is on top."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User

from albums import stack_tasks
from albums.imaging import Capture, CaptureSource
from albums.models import Album, Image, ImageFingerprint
from albums.ordering import NEWEST_FIRST
from albums.services.arranging.marks import Mark, images_mark
from albums.services.arranging.stack_decisions import (
    stack_leave,
    stack_return,
    stack_top_choose,
    stack_top_forget,
    stacks_switch,
)
from albums.services.arranging.stacks import (
    bursts_of,
    stack_of,
    stacks_renew,
    steps_around,
    with_stacks,
)
from albums.services.editing.instructions import dates_set, dates_shift
from albums.services.editing.photo_changes import photo_change_undo, photos_change
from albums.services.erasing.bin import images_bin, images_erase, images_restore
from albums.services.searching.similar_photos import different_photos_add, different_photos_remove
from faces.models import FaceScan
from faces.signals import images_scanned
from tests.rows import NOON, album_of, face_row, image_rows

pytestmark = pytest.mark.django_db
SECONDS = timedelta(seconds=20)
FAR = 2**40 - 1


@pytest.fixture(autouse=True)
def commits(django_capture_on_commit_callbacks: object) -> Iterator[None]:
    """Run at once what waits for a commit: a test never commits."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.db.transaction.on_commit", lambda act, **_options: act())
        yield


def burst(owner: User, *hashes: int, sharpness: Sequence[float] = (), **fields: Any) -> list[Image]:
    """Photos, each 20 seconds before the one in front of it, with these hashes; the first is the sharpest."""
    images = image_rows(owner, len(hashes), apart=SECONDS, **fields)
    ImageFingerprint.objects.bulk_create(
        ImageFingerprint(image=image, hash=value, sharpness=(sharpness or range(9, 0, -1))[place])
        for place, (image, value) in enumerate(zip(images, hashes, strict=True))
    )
    stacks_renew(owner_id=owner.pk, image_ids=[image.pk for image in images])
    return images


def shown(owner: User) -> list[int]:
    return list(Image.objects.owned_by(owner).in_timeline().stacks_as_one().values_list("pk", flat=True))


def ids(*images: Image) -> list[int]:
    return [image.pk for image in images]


def test_similar_photos_in_a_row_are_one_in_lists_with_the_best_on_top(owner: User, stranger: User) -> None:
    a, b, c, other = burst(owner, 0, 0b11, 0b111, FAR)
    theirs = burst(stranger, 0)
    assert shown(owner) == ids(a, other)
    assert bursts_of(owner) == [ids(c, b, a)]
    assert shown(stranger) == ids(*theirs)
    later = burst(owner, 0b1, sharpness=[10], captured_at=NOON + timedelta(seconds=50))
    assert shown(owner) == [*ids(*later), other.pk]
    far_from_it = burst(owner, 0, captured_at=NOON - timedelta(minutes=9))
    assert shown(owner) == [*ids(*later), other.pk, *ids(*far_from_it)]


@pytest.mark.parametrize("fields", [{"captured_has_time": False}, {"captured_at": None}, {"archived": True}])
def test_photos_without_a_time_and_archived_ones_are_no_stack(owner: User, fields: dict[str, Any]) -> None:
    images = burst(owner, 0, 0, **fields)
    assert bursts_of(owner) == []
    assert len(images) == Image.objects.stacks_as_one().count()


def test_a_chain_of_photos_is_found_however_long_it_is(owner: User) -> None:
    images = burst(owner, *[0] * 40, sharpness=[5] * 40)
    ImageFingerprint.objects.update(stacked=False)
    Image.objects.update(stack_top=None)
    stacks_renew(owner_id=owner.pk, image_ids=ids(images[20]))
    assert len(shown(owner)) == 1
    assert len(bursts_of(owner)[0]) == 40


def test_changes_of_the_photos_change_the_stack_and_so_does_their_undo(owner: User) -> None:
    a, b, c = burst(owner, 0, 0, 0)
    images_bin(images=Image.objects.filter(pk=a.pk), by=owner)
    assert shown(owner) == [b.pk]
    images_restore(images=Image.objects.filter(pk=a.pk), by=owner)
    assert shown(owner) == [a.pk]
    back = dates_shift(delta=-timedelta(days=3))
    moved = photos_change(images=Image.objects.filter(pk=b.pk), instruction=back, by=owner)
    assert shown(owner) == ids(a, b)
    assert moved.change
    photo_change_undo(change=moved.change, by=owner)
    assert shown(owner) == [a.pk]
    on_a_day = Capture(a.captured_at, CaptureSource.OWNER, None, False)
    photos_change(
        images=Image.objects.filter(pk__in=ids(a, b)), instruction=dates_set(captured=on_a_day), by=owner
    )
    assert len(shown(owner)) == 3
    images_mark(images=Image.objects.all(), mark=Mark.ARCHIVED, on=True, by=owner)
    assert Image.objects.stacks_as_one().count() == 3
    assert c in Image.objects.all()


def test_the_photos_below_an_erased_top_are_shown(owner: User) -> None:
    a, b, c = burst(owner, 0, 0, 0)
    Image.objects.filter(pk=a.pk).update(binned_at=NOON)
    # Even before the stack is formed anew.
    assert shown(owner) == ids(b, c)
    images_erase(images=Image.objects.filter(pk=a.pk))
    assert shown(owner) == ids(b, c)


def test_decisions_of_the_owner_stay_and_can_be_undone(owner: User, stranger: User) -> None:
    a, b, c = burst(owner, 0, 0, 0)
    decision = different_photos_add(image_ids=ids(a, b, c), by=owner)
    assert decision
    assert shown(owner) == ids(a, b, c)
    stacks_renew(owner_id=owner.pk, image_ids=ids(a, b, c))
    assert shown(owner) == ids(a, b, c)
    assert not stack_top_choose(image=c, by=owner)
    assert different_photos_remove(decision_id=decision.pk, by=owner)
    assert shown(owner) == [a.pk]
    assert not stack_top_choose(image=c, by=stranger)
    assert stack_top_choose(image=c, by=owner)
    assert stack_top_choose(image=b, by=owner)
    images_mark(images=Image.objects.filter(pk=a.pk), mark=Mark.FAVOURITE, on=True, by=owner)
    assert shown(owner) == [b.pk]
    assert stack_top_forget(image=b, by=owner)
    assert shown(owner) == [c.pk]
    assert stack_top_forget(image=c, by=owner)
    assert not stack_top_forget(image=c, by=owner)
    assert shown(owner) == [a.pk]


def test_a_photo_that_was_taken_out_of_its_stack_stays_out_until_it_is_put_back(
    owner: User, stranger: User
) -> None:
    a, b, c = burst(owner, 0, 0, 0)
    assert not stack_leave(image=a, by=stranger)
    assert stack_leave(image=a, by=owner)
    assert shown(owner) == ids(a, b), "the best of the others is on top"
    assert not stack_leave(image=a, by=owner)
    stacks_renew(owner_id=owner.pk, image_ids=ids(a, b, c))
    assert shown(owner) == ids(a, b)
    assert stack_leave(image=c, by=owner)
    assert shown(owner) == ids(a, b, c)
    assert not stack_return(image=a, by=stranger)
    assert stack_return(image=a, by=owner)
    assert not stack_return(image=a, by=owner)
    assert shown(owner) == ids(a, c)


def test_an_account_without_stacks_has_every_photo_in_its_lists(owner: User, stranger: User) -> None:
    a, b = burst(owner, 0, 0)
    theirs = burst(stranger, 0, 0)
    assert stack_top_choose(image=b, by=owner)
    stacks_switch(owner=owner, on=False)
    assert shown(owner) == ids(a, b)
    stacks_renew(owner_id=owner.pk, image_ids=ids(a, b))
    assert shown(owner) == ids(a, b)
    assert shown(stranger) == ids(theirs[0])
    stacks_switch(owner=owner, on=True)
    stack_tasks.stack_photos()
    assert shown(owner) == [b.pk], "the choice of the top stays"


def test_a_favourite_and_clear_faces_come_to_the_top(owner: User) -> None:
    a, b, _c = burst(owner, 0, 0, 0, sharpness=[5, 5, 5])
    assert shown(owner) == [a.pk]
    face_row(b, quality=0.9)
    images_scanned.send(sender=FaceScan, image_ids=ids(b))
    assert shown(owner) == [b.pk]
    images_mark(images=Image.objects.filter(pk=a.pk), mark=Mark.FAVOURITE, on=True, by=owner)
    assert shown(owner) == [a.pk]


def test_a_list_without_the_top_shows_the_others(owner: User) -> None:
    a, b, c = burst(owner, 0, 0, 0)
    album = album_of(owner, b, c)
    inside = Image.objects.in_album(album)
    assert ids(*inside.stacks_as_one()) == ids(b, c)
    assert stack_of(b, inside) == []
    whole = Image.objects.in_album(Album.objects.get(pk=album_of(owner, a, c, name="Both").pk))
    assert ids(*whole.stacks_as_one()) == [a.pk]
    assert with_stacks(whole, [a.pk]) == ids(a, c)


def test_one_goes_through_the_photos_of_a_stack_before_the_next_tile(owner: User) -> None:
    newer = burst(owner, FAR, captured_at=NOON + timedelta(days=1))[0]
    a, b, c = burst(owner, 0, 0, 0, sharpness=[5, 9, 5])
    older = burst(owner, FAR, captured_at=NOON - timedelta(days=1))[0]
    mine = Image.objects.owned_by(owner)
    way = ids(newer, b, c, a, older)
    for place, pk in enumerate(way):
        before, after, stack = steps_around(mine, NEWEST_FIRST, Image.objects.get(pk=pk))
        assert before == (way[place - 1] if place else None)
        assert after == (way[place + 1] if place + 1 < len(way) else None)
        assert stack == (ids(b, c, a) if pk in ids(a, b, c) else [])


def test_the_task_forms_the_stacks_of_an_older_version(
    owner: User, stranger: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for account in (owner, stranger):
        burst(account, 0, 0)
    ImageFingerprint.objects.update(stacked=False)
    Image.objects.update(stack_top=None)
    sent: list[int] = []
    monkeypatch.setattr(stack_tasks, "send", lambda _task: sent.append(1))
    monkeypatch.setattr(stack_tasks, "AT_ONCE", 2)
    for _turn in range(3):
        stack_tasks.stack_photos()
    assert len(sent) == 2
    assert len(bursts_of(owner)) == len(bursts_of(stranger)) == 1
    assert not ImageFingerprint.objects.filter(stacked=False).exists()
