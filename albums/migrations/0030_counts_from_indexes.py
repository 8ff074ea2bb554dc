"""Indexes from which counts of photos, the time of a person's photos and the list of places are read alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("albums", "0029_stacks_by_choice")]
    operations = [
        migrations.AddIndex(
            "image",
            models.Index(
                fields=["owner", "id"], include=["captured_at", "state", "binned_at"], name="image_of_owner"
            ),
        ),
        migrations.AddIndex(
            "image",
            models.Index(
                fields=["owner", "country", "place"],
                include=["id", "state", "binned_at"],
                condition=~models.Q(place=""),
                name="image_of_place",
            ),
        ),
        migrations.RemoveIndex("image", "image_by_place"),
    ]
