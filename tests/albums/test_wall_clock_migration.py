"""No photo moves when instants become clocks, whatever time zone the connection has."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from albums.models import Image
from tests.rows import image_rows

BEFORE, AFTER = ("albums", "0017_share_link_location"), ("albums", "0016_wall_clocks")


@pytest.mark.django_db
def test_a_photo_keeps_the_clock_that_was_shown() -> None:
    image_rows(User.objects.create_user("ada"), 2)
    Image.objects.filter(source_path="row-1.jpg").update(captured_at=None)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        MigrationExecutor(connection).migrate([BEFORE])
        cursor.execute(
            "UPDATE albums_image SET captured_at = '2024-07-01 23:30:00+00' WHERE captured_at IS NOT NULL"
        )
        cursor.execute("SET LOCAL TIME ZONE 'Pacific/Auckland'")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        MigrationExecutor(connection).migrate([AFTER])
        # The model of the assertions is that of the newest tables.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        MigrationExecutor(connection).migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())
    shown, undated = Image.objects.order_by("source_path")
    assert shown.captured is not None
    assert (shown.captured.text, shown.captured_source) == ("2024-07-01T23:30:00", "exif")
    assert (undated.captured, undated.captured_source) == (None, "")
