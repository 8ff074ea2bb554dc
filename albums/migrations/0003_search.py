"""Words of photos for searches: a column that a function normalizes, and indexes of it, of places and cameras."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.conf import settings
from django.db import migrations, models

import albums.text_normalization


class Migration(migrations.Migration):

    dependencies = [
        ("albums", "0002_sharing_bin_and_uploads"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(
            sql=albums.text_normalization.words_function_sql(),
            reverse_sql=f"DROP FUNCTION {albums.text_normalization.WORDS_FUNCTION}(text, text, text, text)",
        ),
        migrations.AddField(
            model_name="image",
            name="words",
            field=models.GeneratedField(
                db_persist=True,
                editable=False,
                expression=albums.text_normalization.ImageWords(),
                output_field=django.contrib.postgres.search.SearchVectorField(),
            ),
        ),
        migrations.AddIndex(
            model_name="image",
            index=django.contrib.postgres.indexes.GinIndex(fields=["words"], name="image_by_words"),
        ),
        migrations.AddIndex(
            model_name="image",
            index=models.Index(
                condition=models.Q(("place", ""), _negated=True),
                fields=["owner", "place"],
                include=["binned_at"],
                name="image_by_place",
            ),
        ),
        migrations.AddIndex(
            model_name="image",
            index=models.Index(
                condition=models.Q(("camera", ""), _negated=True),
                fields=["owner", "camera"],
                include=["binned_at"],
                name="image_by_camera",
            ),
        ),
    ]
