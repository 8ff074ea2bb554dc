"""The mean clarity of each person's faces; existing people are counted again when it is first needed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("faces", "0018_names_in_one_form")]
    operations = [
        migrations.AddField(
            model_name="personstats",
            name="clarity",
            field=models.FloatField(default=1.0, help_text="mean clarity of the faces, 0..1"),
        ),
        migrations.RunSQL(
            "INSERT INTO faces_dirtyperson (person_id) SELECT person_id FROM faces_personstats",
            migrations.RunSQL.noop,
        ),
    ]
