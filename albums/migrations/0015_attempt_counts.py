"""Counters of attempts at passwords, which were in the cache."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("albums", "0013_look_alike_galleries")]
    operations = [
        migrations.CreateModel(
            name="AttemptCount",
            fields=[
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("level", models.FloatField(default=0, help_text="attempts that still count")),
                ("counted_at", models.DateTimeField()),
                ("waits_until", models.DateTimeField(null=True)),
                ("known_until", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField(db_index=True)),
            ],
        ),
    ]
