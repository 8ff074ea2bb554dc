"""Models are named after what they hold; the triggers write to the renamed table."""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

FORMER = import_module("faces.migrations.0009_person_tallies")


def functions(table: str) -> list[str]:
    """Statements that let the triggers' functions insert into this table."""
    return [
        statement.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION").replace("faces_staleperson", table)
        for statement in (FORMER.FACES_CHANGED, FORMER.EMBEDDINGS_CHANGED)
    ]


class Migration(migrations.Migration):
    dependencies = [("faces", "0013_group_doubts")]
    operations = [
        migrations.RenameModel("StalePerson", "DirtyPerson"),
        migrations.RenameModel("PersonTally", "PersonStats"),
        migrations.RenameModel("GroupDoubt", "ClusterQuality"),
        migrations.RenameModel("SentQuestion", "OperatorQuestion"),
        migrations.RunSQL(functions("faces_dirtyperson"), functions("faces_staleperson")),
        migrations.RemoveIndex("clusterquality", "group_by_doubt"),
        migrations.RenameField("clusterquality", "doubt", "excess"),
        migrations.RenameField("clusterquality", "weighed_at", "computed_at"),
        migrations.AlterModelOptions(
            name="clusterquality",
            options={
                "ordering": ["-excess", "pk"],
                "verbose_name": "group",
                "verbose_name_plural": "cluster review",
            },
        ),
        migrations.AddIndex(
            "clusterquality", models.Index(fields=["-excess", "person"], name="group_by_excess")
        ),
        # From here on the state alone: related names and help texts.
        migrations.AlterField(
            "clusterquality",
            "excess",
            models.FloatField(
                help_text="distance of its sides beyond that of one person; cosine distance, above 0: suspected"
            ),
        ),
        migrations.AlterField(
            "clusterquality",
            "person",
            models.OneToOneField(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                primary_key=True,
                related_name="cluster_quality",
                serialize=False,
                to="faces.person",
            ),
        ),
        migrations.AlterField(
            "clusterquality",
            "sides",
            models.JSONField(default=list, help_text="ids of faces to show of each side; empty unless suspected"),
        ),
        migrations.AlterField(
            "clusterquality",
            "signature",
            models.CharField(
                help_text="of the faces and their verdicts: if it differs, compute again", max_length=32
            ),
        ),
        migrations.AlterField(
            "operatorquestion", "about", models.BigIntegerField(help_text="id of the reviewed group")
        ),
        migrations.AlterField(
            "operatorquestion",
            "sides",
            models.JSONField(default=list, help_text="ids of faces to show of each side of a cut"),
        ),
        migrations.AlterField(
            "personstats",
            "person",
            models.OneToOneField(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                primary_key=True,
                related_name="stats",
                serialize=False,
                to="faces.person",
            ),
        ),
    ]
