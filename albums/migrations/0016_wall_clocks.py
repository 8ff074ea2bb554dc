"""The time of a photo is the clock where it was taken: no photo moves, and the offset is read again."""

from django.db import migrations, models

from albums.wall_clock import WallClockField

# Times were shown and grouped in UTC, so that this is the clock that everybody saw. The next reading of the
# metadata finds the clocks of photos that name their offset.
TO_CLOCKS = """
    ALTER TABLE albums_image ALTER COLUMN captured_at TYPE timestamp USING captured_at AT TIME ZONE 'UTC'
"""
TO_MOMENTS = """
    ALTER TABLE albums_image ALTER COLUMN captured_at TYPE timestamptz USING captured_at AT TIME ZONE 'UTC'
"""
# The only source so far.
FROM_EXIF = "UPDATE albums_image SET captured_source = 'exif' WHERE captured_at IS NOT NULL"
SOURCES = ("exif", "xmp", "iptc", "png", "gps", "file_name", "owner")


class Migration(migrations.Migration):
    dependencies = [("albums", "0017_share_link_location")]
    operations = [
        migrations.RunSQL(
            TO_CLOCKS,
            TO_MOMENTS,
            state_operations=[
                migrations.AlterField("image", "captured_at", WallClockField(blank=True, null=True))
            ],
        ),
        migrations.AddField(
            "image",
            "captured_offset",
            models.SmallIntegerField(blank=True, help_text="minutes east of UTC", null=True),
        ),
        migrations.AddField("image", "captured_has_time", models.BooleanField(default=True)),
        migrations.AddField(
            "image",
            "captured_source",
            models.CharField(blank=True, choices=[(source, source) for source in SOURCES], max_length=16),
        ),
        migrations.RunSQL(FROM_EXIF, migrations.RunSQL.noop),
    ]
