"""What a change says of itself is put into words when it is read; older ones keep the words that they have."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("faces", "0010_scans_by_finish")]
    operations = [
        migrations.RenameField("change", "summary", "text"),
        migrations.AlterField(
            "change",
            "text",
            models.TextField(
                blank=True, help_text="the same in words: of changes that are older than their wording"
            ),
        ),
        migrations.AddField(
            "change",
            "wording",
            models.JSONField(
                blank=True,
                default=dict,
                help_text="what was done, as a sentence that is put into words when read",
            ),
        ),
    ]
