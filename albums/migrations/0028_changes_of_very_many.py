"""Changes of very many photos also set marks and move photos; turns are no longer a kind of job of their own."""

import django.db.models.deletion
from django.db import migrations, models

KINDS = [
    ("date", "Date"),
    ("place", "Place"),
    ("description", "Description"),
    ("tags", "Tags"),
    ("turn", "Turned"),
    ("favourite", "Added to favourites"),
    ("not-favourite", "Removed from favourites"),
    ("archive", "Archived"),
    ("unarchive", "Moved back to the timeline"),
    ("bin", "Moved to the bin"),
    ("album-add", "Added to an album"),
    ("album-remove", "Removed from an album"),
]


class Migration(migrations.Migration):
    dependencies = [("albums", "0027_detail_of_photos")]
    operations = [
        migrations.AlterField("photochange", "kind", models.CharField(max_length=16, choices=KINDS)),
        migrations.AddField(
            "photochange",
            "album",
            models.ForeignKey(
                to="albums.album",
                on_delete=django.db.models.deletion.SET_NULL,
                null=True,
                blank=True,
                related_name="+",
                help_text="that photos were added to or removed from",
            ),
        ),
        migrations.AddField(
            "photochange",
            "album_created",
            models.BooleanField(
                default=False, db_default=False, help_text="the album was created for these photos"
            ),
        ),
        migrations.RunSQL(
            "UPDATE albums_job SET kind = 'edit' WHERE kind = 'turn'", migrations.RunSQL.noop
        ),
    ]
