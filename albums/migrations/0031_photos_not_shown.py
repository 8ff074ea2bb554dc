"""An index of the photos that albums do not show, from which albums count theirs."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("albums", "0030_counts_from_indexes")]
    operations = [
        migrations.AddIndex(
            "image",
            models.Index(
                fields=["id"],
                condition=models.Q(binned_at__isnull=False) | ~models.Q(state="ready"),
                name="image_not_shown",
            ),
        ),
    ]
