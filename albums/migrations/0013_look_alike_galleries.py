"""Look-alike galleries: the mark of an album, and the permission of a share link."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("albums", "0014_made_from")]
    operations = [
        migrations.AddField(
            "album",
            "gallery",
            models.BooleanField(
                default=False,
                help_text="a look-alike gallery: its members may compare faces with its named people",
            ),
        ),
        migrations.AddField(
            "sharelink",
            "lookalike",
            models.BooleanField(
                default=False,
                help_text="visitors may compare a face with those of a look-alike gallery",
            ),
        ),
    ]
