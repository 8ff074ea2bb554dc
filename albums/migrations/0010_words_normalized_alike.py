"""Create the words of photos again, normalized as in Python: "Straße" is "strasse" in search and completion."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.db import migrations, models

import albums.text_normalization


class Migration(migrations.Migration):

    dependencies = [("albums", "0009_quota")]

    operations = [
        migrations.RemoveIndex("image", "image_by_words"),
        migrations.RemoveField("image", "words"),
        migrations.RunSQL(albums.text_normalization.words_function_sql(), migrations.RunSQL.noop),
        migrations.AddField(
            "image",
            "words",
            models.GeneratedField(
                db_persist=True,
                editable=False,
                expression=albums.text_normalization.ImageWords(),
                output_field=django.contrib.postgres.search.SearchVectorField(),
            ),
        ),
        migrations.AddIndex(
            "image", django.contrib.postgres.indexes.GinIndex(fields=["words"], name="image_by_words")
        ),
    ]
