"""Indexes from which unassigned faces with a picture are counted, and those that questions are about found."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("faces", "0023_facenet_sface256")]
    operations = [
        migrations.RemoveIndex("face", "face_waiting"),
        migrations.AddIndex(
            "face",
            models.Index(
                fields=["-quality", "id", "image"],
                include=["crop"],
                condition=models.Q(person__isnull=True, dismissed=False, binned=False),
                name="face_waiting",
            ),
        ),
        migrations.AddIndex(
            "face",
            models.Index(
                fields=["score", "id"],
                condition=~models.Q(poor_reason="")
                & models.Q(person__isnull=True, dismissed=False, binned=False, drawn=False),
                name="face_doubtful",
            ),
        ),
        migrations.AddIndex(
            "verdict",
            models.Index(
                fields=["person", "face"], condition=models.Q(kind="is_not"), name="verdict_of_rejection"
            ),
        ),
    ]
