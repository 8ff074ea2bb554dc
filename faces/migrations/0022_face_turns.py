"""The turns of the photo that the box of a face belongs to."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("albums", "0019_image_turns"), ("faces", "0021_clarity_of_people")]
    operations = [
        migrations.AddField(
            model_name="face",
            name="turns",
            field=models.PositiveSmallIntegerField(
                default=0, help_text="those of the image that the box, the landmarks and the crop belong to"
            ),
        ),
    ]
