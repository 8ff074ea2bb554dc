"""Accounts may turn stacks off, and take a photo out of one."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("albums", "0028_changes_of_very_many")]
    operations = [
        migrations.AddField(
            "imagefingerprint",
            "apart",
            models.BooleanField(
                default=False, db_default=False, help_text="the owner took it out of its stack"
            ),
        ),
        migrations.AddField(
            "preferences",
            "stacks",
            models.BooleanField(
                default=True, db_default=True, help_text="similar photos taken in a row are one in lists"
            ),
        ),
    ]
