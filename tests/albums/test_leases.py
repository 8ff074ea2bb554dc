"""albums.leases: attempts are counted before work that may kill its process."""

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction

from albums.leases import MOST_ATTEMPTS
from albums.models import Image
from albums.services.reading.renditions import READING
from tests.rows import image_rows


@pytest.fixture
def images(ada: User) -> list[int]:
    return [image.pk for image in image_rows(ada, 5, state=Image.State.STORED)]


def attempts(images: list[int]) -> list[int]:
    return list(Image.objects.filter(pk__in=images).order_by("pk").values_list("attempts", flat=True))


def work_on_a_full_disk(images: list[int]) -> None:
    with READING.claimed(images) as rows:
        assert [row.pk for row in rows] == images
        assert attempts(images) == [1] * 5
        raise OSError(28, "The disk is full")


def test_an_error_that_is_caught_costs_no_attempt(images: list[int]) -> None:
    for _ in range(MOST_ATTEMPTS + 1):
        with pytest.raises(OSError, match="full"):
            work_on_a_full_disk(images)
    assert attempts(images) == [0] * 5


def test_a_row_that_killed_three_processes_is_refused_with_a_reason(images: list[int]) -> None:
    Image.objects.filter(pk=images[0]).update(attempts=MOST_ATTEMPTS)
    with READING.claimed(images[:2]) as rows:
        assert [row.pk for row in rows] == images[1:2]
    image = Image.objects.get(pk=images[0])
    assert (image.state, image.reason) == (Image.State.REFUSED, "crashed")
    assert "begun 3 times" in image.detail


def test_rows_with_an_attempt_run_alone_after_the_others(images: list[int]) -> None:
    first, second, third, fourth, fifth = images
    Image.objects.filter(pk__in=[first, fourth]).update(attempts=1)
    assert READING.apart(images) == ([second, third, fifth], [first, fourth])
    assert READING.chunks(images, size=2) == [[second, third], [fifth], [first], [fourth]]


@pytest.mark.django_db(transaction=True)
def test_a_row_that_another_worker_holds_is_skipped(images: list[int]) -> None:
    other = connection.copy()
    try:
        with transaction.atomic(), other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT 1 FROM albums_image WHERE id = %s FOR UPDATE", [images[0]])
            assert [row.pk for row in READING.claim(images)] == images[1:]
    finally:
        other.close()
    assert attempts(images) == [0, 1, 1, 1, 1]
