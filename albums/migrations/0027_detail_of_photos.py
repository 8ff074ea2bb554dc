"""The hash of the detail of photos; another name for when the owner put a photo on top of its stack."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("albums", "0026_stacks_of_photos")]
    operations = [
        migrations.RenameField("imagefingerprint", "chosen_at", "preferred_at"),
        migrations.AddField(
            "imagefingerprint",
            "detail",
            models.BigIntegerField(
                null=True, help_text="hash of the finer structure; null of an older version"
            ),
        ),
    ]
