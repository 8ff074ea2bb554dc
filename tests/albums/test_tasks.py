"""albums.tasks: images are enqueued and read, also after errors."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from celery.exceptions import Retry, SoftTimeLimitExceeded
from django.contrib.auth.models import User
from django.db import OperationalError
from django.utils import timezone

from albums import tasks
from albums.models import Image
from albums.services.reading import renditions
from albums.services.uploading.uploads import image_store
from albums.signals import images_ready
from tests import drawing

READY, STORED, REFUSED = Image.State.READY, Image.State.STORED, Image.State.REFUSED


@pytest.fixture
def photos(ada: User, tmp_path: Path) -> list[int]:
    """Ten unread photos of Ada's."""
    for seed in range(1, 11):
        photo = drawing.write_photo(tmp_path / "given" / f"{seed}.jpg", seed)
        image_store(owner=ada, source=photo, source_path=photo.name)
    return list(Image.objects.order_by("pk").values_list("pk", flat=True))


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[list[int]]:
    """The chunks that were enqueued."""
    chunks: list[list[int]] = []
    monkeypatch.setattr(tasks.read_images, "delay", lambda ids: chunks.append(list(ids)))
    return chunks


@pytest.fixture
def announced() -> Iterator[list[int]]:
    """The images that were announced as ready."""
    ids: list[int] = []

    def listen(image_ids: list[int], **_kwargs: object) -> None:
        ids.extend(image_ids)

    images_ready.connect(listen)
    yield ids
    images_ready.disconnect(listen)


def states() -> list[str]:
    return list(Image.objects.order_by("pk").values_list("state", flat=True))


def failing(monkeypatch: pytest.MonkeyPatch, image_id: int, error: BaseException) -> None:
    """Make reading this image raise the error."""
    read: Callable[..., bool] = renditions.image_read

    def read_or_raise(*, image: Image) -> bool:
        if image.pk == image_id:
            raise error
        return read(image=image)

    monkeypatch.setattr(renditions, "image_read", read_or_raise)


def test_images_are_read_and_announced(photos: list[int], announced: list[int]) -> None:
    tasks.read_images(photos)
    assert set(states()) == {READY}
    assert announced == photos


def test_reading_again_changes_and_announces_nothing(photos: list[int], announced: list[int]) -> None:
    tasks.read_images(photos)
    announced.clear()
    tasks.read_images(photos)
    assert announced == []


def test_a_bad_file_does_not_affect_other_files(ada: User, photos: list[int], announced: list[int]) -> None:
    bad = Image.objects.get(pk=photos[3])
    with bad.original.storage.open(str(bad.original.name), "wb") as original:
        original.write(drawing.photo()[:300])
    tasks.read_images(photos)
    assert states() == [READY] * 3 + [REFUSED] + [READY] * 6
    assert announced == [pk for pk in photos if pk != bad.pk]


def test_deleted_images_are_not_an_error(photos: list[int], announced: list[int]) -> None:
    tasks.read_images([photos[-1] + 1, photos[0]])
    assert announced == photos[:1]


def test_images_are_enqueued_in_chunks_when_the_transaction_commits(
    photos: list[int], sent: list[list[int]], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        tasks.enqueue_reading(photos)
        assert sent == []
    assert sent == [photos[:8], photos[8:]]
    assert not Image.objects.filter(queued_at=None).exists()


def test_a_row_is_committed_before_a_worker_reads_it(
    photos: list[int], monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    """A worker can be faster than the transaction, and skips rows that are locked."""
    written: list[bool] = []

    def read(ids: list[int]) -> None:
        written.append(not Image.objects.filter(pk__in=ids, queued_at=None).exists())

    monkeypatch.setattr(tasks.read_images, "delay", read)
    with django_capture_on_commit_callbacks(execute=True):
        tasks.enqueue_reading(photos)
    assert written == [True, True]


def test_images_with_an_earlier_attempt_are_read_alone(
    photos: list[int], sent: list[list[int]], announced: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    Image.objects.filter(pk=photos[2]).update(attempts=1)
    with django_capture_on_commit_callbacks(execute=True):
        tasks.read_images(photos)
    assert sent == [photos[2:3]]
    assert announced == photos[:2] + photos[3:]
    with django_capture_on_commit_callbacks(execute=True):
        tasks.read_images(photos[2:3])
    assert set(states()) == {READY}


def test_a_file_that_kills_three_workers_is_refused(photos: list[int]) -> None:
    Image.objects.filter(pk=photos[0]).update(attempts=3)
    tasks.read_images(photos[:1])
    image = Image.objects.get(pk=photos[0])
    assert (image.state, image.reason) == (REFUSED, "crashed")


def test_the_attempt_is_stored_during_the_work(photos: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        """Like a kill: no code runs after it."""

    failing(monkeypatch, photos[0], Killed())
    with pytest.raises(Killed):
        tasks.read_images(photos)
    assert Image.objects.get(pk=photos[0]).attempts == 1
    assert Image.objects.get(pk=photos[1]).attempts == 0


def test_a_single_image_that_takes_too_long_is_refused(
    photos: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(monkeypatch, photos[0], SoftTimeLimitExceeded())
    tasks.read_images(photos[:1])
    image = Image.objects.get(pk=photos[0])
    assert (image.state, image.reason) == (REFUSED, "took_too_long")


def test_when_a_chunk_takes_too_long_the_rest_is_enqueued_again(
    photos: list[int],
    sent: list[list[int]],
    announced: list[int],
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    failing(monkeypatch, photos[1], SoftTimeLimitExceeded())
    with django_capture_on_commit_callbacks(execute=True):
        tasks.read_images(photos[:4])
    assert announced == photos[:1]
    assert sent == [photos[2:4], photos[1:2]]
    assert states()[:4] == [READY, STORED, STORED, STORED]


@pytest.mark.parametrize("error", [OSError(5, "Input/output error"), OperationalError("gone")])
def test_an_error_of_storage_or_database_is_retried_later(
    photos: list[int], announced: list[int], monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    failing(monkeypatch, photos[0], error)
    retried: list[tuple[Any, ...]] = []

    def retry(*, args: tuple[Any, ...], exc: Exception, countdown: int) -> Retry:
        retried.append(args)
        assert (exc, countdown) == (error, tasks.RETRY_SECONDS)
        return Retry()

    monkeypatch.setattr(tasks.read_images, "retry", retry)
    with pytest.raises(Retry):
        tasks.read_images(photos[:3])
    assert photos[0] in retried[0][0]
    assert sorted([*announced, *retried[0][0]]) == photos[:3]
    if isinstance(error, OSError):
        assert Image.objects.get(pk=photos[0]).attempts == 0


def test_storing_photos_works_without_a_broker(
    photos: list[int], monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    def refuse(_ids: list[int]) -> None:
        raise ConnectionError("no broker")

    monkeypatch.setattr(tasks.read_images, "delay", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        tasks.enqueue_reading(photos)
    assert Image.objects.filter(queued_at=None).count() == len(photos)


def test_only_stale_images_are_enqueued_again(
    photos: list[int], sent: list[list[int]], django_capture_on_commit_callbacks: Any
) -> None:
    now = timezone.now()
    Image.objects.filter(pk=photos[0]).update(state=READY)
    Image.objects.filter(pk__in=photos[1:]).update(queued_at=now)
    Image.objects.filter(pk=photos[5]).update(queued_at=now - timedelta(hours=1))
    Image.objects.filter(pk=photos[6]).update(queued_at=None)
    with django_capture_on_commit_callbacks(execute=True):
        assert tasks.resume_reading() == 2
    assert sent == [photos[5:7]]


def test_a_new_worker_enqueues_all_unread_images(
    photos: list[int], sent: list[list[int]], django_capture_on_commit_callbacks: Any
) -> None:
    Image.objects.update(queued_at=timezone.now())
    with django_capture_on_commit_callbacks(execute=True):
        assert tasks.resume_reading(everything=True) == 10
    assert [pk for chunk in sent for pk in chunk] == photos
