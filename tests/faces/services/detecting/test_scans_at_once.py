"""Workers at once: each photo has its faces once."""

import threading
import time
from collections.abc import Callable, Sequence

import pytest
from django.contrib.auth.models import User
from django.db import connection, connections

from albums.models import Image
from faces.models import Face
from faces.services.detecting.scans import (
    scans_claim,
    scans_open,
    scans_run,
)
from tests.faces.coloured import ColourDetector, photo
from tests.faces.services.detecting.scanning import DONE, colours_of, look_at, scan_of


def in_threads(*jobs: Callable[[], object]) -> list[object]:
    """Run all at once, each with a database connection of its own; returns what they raised."""
    errors: list[object] = []

    def run(job: Callable[[], object]) -> None:
        try:
            job()
        except Exception as error:  # noqa: BLE001  (handed to the test)
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return errors


def scanning(image_ids: Sequence[int]) -> Callable[[], object]:
    return lambda: scans_run(scans_claim(scans_open(image_ids)))


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_give_each_photo_its_faces_once(ada: User, detector: ColourDetector) -> None:
    images = [photo(ada, red=(10, 10, 100), blue=(200, 100, 90)) for _ in range(6)]
    ids = [image.pk for image in images]
    detector.before = lambda _picture: time.sleep(0.02)
    # Overlapping batches in opposite orders, as after a message that was delivered twice.
    errors = in_threads(scanning(ids[:4]), scanning(ids[::-1]), scanning(ids[2:]), scanning(ids))
    assert errors == []
    look_at(*images)
    assert [colours_of(image) for image in images] == [["blue", "red"]] * 6
    assert [scan_of(image).state for image in images] == [DONE] * 6
    assert detector.looks == 6, "no photo was looked at twice"


@pytest.mark.django_db(transaction=True)
def test_what_another_worker_holds_is_passed_by_and_costs_no_attempt(
    ada: User, detector: ColourDetector
) -> None:
    image, other = photo(ada, red=(10, 10, 100)), photo(ada, blue=(10, 10, 100))
    begun, go_on = threading.Event(), threading.Event()

    def wait(_picture: object) -> None:
        begun.set()
        assert go_on.wait(30)

    detector.before = wait
    holder = threading.Thread(target=in_threads, args=(scanning([image.pk]),))
    holder.start()
    try:
        assert begun.wait(30)
        assert scans_claim(scans_open([image.pk, other.pk])) == [other.pk]
        assert scan_of(image).attempts == 1
    finally:
        go_on.set()
        holder.join(30)
    assert scan_of(image).state == DONE


@pytest.mark.django_db(transaction=True)
def test_a_photo_deleted_while_it_is_looked_at_is_a_normal_end(ada: User, detector: ColourDetector) -> None:
    image, other = photo(ada, red=(10, 10, 100)), photo(ada, blue=(10, 10, 100))
    ids = scans_open([image.pk, other.pk])
    claimed = scans_claim(ids)
    Image.objects.get(pk=image.pk).delete()
    scans_run(claimed)
    assert scan_of(other).state == DONE
    assert Face.objects.count() == 1
    assert not connection.in_atomic_block
