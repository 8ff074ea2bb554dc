"""Photos that their owner has turned by quarter turns."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("albums", "0017_names_in_one_form")]
    operations = [
        migrations.AddField(
            model_name="image",
            name="turns",
            field=models.PositiveSmallIntegerField(default=0, help_text="quarter turns clockwise, 0 to 3"),
        ),
        migrations.AddConstraint(
            model_name="image",
            constraint=models.CheckConstraint(
                condition=models.Q(("turns__lte", 3)), name="image_turns_below_four"
            ),
        ),
    ]
