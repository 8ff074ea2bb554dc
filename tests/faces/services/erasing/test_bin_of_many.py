"""Thousands of photos into the bin and back: as many statements as for a few."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from albums.models import Image
from albums.services.erasing.bin import images_bin, images_restore
from faces.models import Face, FaceScan
from faces.services.detecting.scans import scans_open
from tests.faces.services.conftest import World

pytestmark = pytest.mark.django_db


def there_and_back(world: World, count: int, capture: Any) -> CaptureQueriesContext:
    """Throw so many of the owner's photos away and take them back, with what is done on commit."""
    mine = Image.objects.filter(pk__in=Image.objects.filter(owner=world.owner).values("pk")[:count])
    with CaptureQueriesContext(connection) as queries, capture(execute=True):
        thrown = images_bin(images=mine, by=world.owner)
        images_restore(images=Image.objects.filter(binned_at=thrown.at), by=world.owner)
    assert len(thrown.image_ids) == count
    return queries


def test_thirty_photos_come_back_with_as_many_statements_as_three(
    world: World, django_capture_on_commit_callbacks: Any
) -> None:
    world.person(*(world.photo(0)[0] for _ in range(30)), name="Anna")
    few = there_and_back(world, 3, django_capture_on_commit_callbacks)
    many = there_and_back(world, 30, django_capture_on_commit_callbacks)
    assert len(many) == len(few)
    assert not Face.objects.filter(binned=True).exists()


def test_no_statement_lists_the_photos_one_by_one(
    world: World, django_capture_on_commit_callbacks: Any
) -> None:
    for _ in range(30):
        world.photo(0)
    queries = there_and_back(world, 30, django_capture_on_commit_callbacks)
    # Ids one by one are read, planned and compared one by one: a second for 10,000, for each statement.
    assert [one["sql"] for one in queries if re.search(r"IN \((\d+, ){9}", one["sql"])] == []


def test_photos_without_a_scan_get_one_and_those_looked_at_are_left_alone(world: World) -> None:
    looked_at, waiting, new = (world.photo(0)[0].image_id for _ in range(3))
    FaceScan.objects.filter(image=waiting).update(state=FaceScan.State.PENDING)
    FaceScan.objects.filter(image=new).delete()
    assert scans_open([new, waiting, looked_at]) == sorted([waiting, new])
    assert FaceScan.objects.get(image=new).state == FaceScan.State.PENDING
    assert FaceScan.objects.get(image=looked_at).state == FaceScan.State.DONE
