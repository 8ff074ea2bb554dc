"""Share links, which take position and serial numbers out of downloads unless their maker chose otherwise."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("albums", "0015_attempt_counts")]
    operations = [
        migrations.AddField(
            model_name="sharelink",
            name="keeps_location",
            field=models.BooleanField(
                default=False, help_text="downloads keep position, serial numbers and texts of the file"
            ),
        ),
    ]
