"""Kept counts and means of people, and the triggers that say whose are out of date.

A statement's trigger, not a row's: a grouping moves a hundred thousand faces in one statement. The triggers
only insert, without a lock on any person, so that two who change faces never wait for each other there.
"""

import django.db.models.deletion
import pgvector.django
from django.db import migrations, models

FACES_CHANGED = """
CREATE FUNCTION faces_face_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO faces_staleperson (person_id)
        SELECT DISTINCT person_id FROM new_rows WHERE person_id IS NOT NULL;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO faces_staleperson (person_id)
        SELECT DISTINCT person_id FROM old_rows WHERE person_id IS NOT NULL;
    ELSE
        INSERT INTO faces_staleperson (person_id)
        SELECT DISTINCT concerned.person_id
        FROM old_rows AS was
        JOIN new_rows AS is_now USING (id)
        CROSS JOIN LATERAL (VALUES (was.person_id), (is_now.person_id)) AS concerned (person_id)
        WHERE concerned.person_id IS NOT NULL
            AND (was.person_id, was.image_id, was.dismissed, was.binned)
                IS DISTINCT FROM (is_now.person_id, is_now.image_id, is_now.dismissed, is_now.binned);
    END IF;
    RETURN NULL;
END
$$
"""

EMBEDDINGS_CHANGED = """
CREATE FUNCTION faces_embedding_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO faces_staleperson (person_id)
        SELECT DISTINCT face.person_id FROM old_rows JOIN faces_face AS face ON face.id = old_rows.face_id
        WHERE face.person_id IS NOT NULL;
    ELSE
        INSERT INTO faces_staleperson (person_id)
        SELECT DISTINCT face.person_id FROM new_rows JOIN faces_face AS face ON face.id = new_rows.face_id
        WHERE face.person_id IS NOT NULL;
    END IF;
    RETURN NULL;
END
$$
"""


def triggers(table: str, function: str) -> list[migrations.RunSQL]:
    """After each kind of statement on the table: the function."""
    tables = {
        "INSERT": "NEW TABLE AS new_rows",
        "UPDATE": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
        "DELETE": "OLD TABLE AS old_rows",
    }
    return [
        migrations.RunSQL(
            f"CREATE TRIGGER {function}_{event.lower()} AFTER {event} ON {table} "
            f"REFERENCING {seen} FOR EACH STATEMENT EXECUTE FUNCTION {function}()",
            f"DROP TRIGGER {function}_{event.lower()} ON {table}",
        )
        for event, seen in tables.items()
    ]


class Migration(migrations.Migration):
    dependencies = [("faces", "0008_change_kind_draw")]
    operations = [
        migrations.CreateModel(
            name="StalePerson",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("person_id", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="PersonTally",
            fields=[
                (
                    "person",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="tally",
                        serialize=False,
                        to="faces.person",
                    ),
                ),
                ("faces", models.PositiveIntegerField(default=0)),
                ("photos", models.PositiveIntegerField(default=0)),
                ("model", models.CharField(help_text="whose vectors the mean is of", max_length=64)),
                (
                    "mean",
                    pgvector.django.VectorField(
                        help_text="of vectors of length 1, and so shorter itself", null=True
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="face",
            index=models.Index(
                condition=models.Q(("binned", False), ("dismissed", False), ("person__isnull", False)),
                fields=["person", "image"],
                name="face_of_person",
            ),
        ),
        migrations.AddIndex(
            model_name="face",
            index=models.Index(
                condition=models.Q(("binned", False), ("dismissed", False), ("person__isnull", True)),
                fields=["-quality", "id", "image"],
                name="face_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="facescan",
            index=models.Index(
                condition=models.Q(("person_repeats", True)), fields=["image"], name="scan_with_repeats"
            ),
        ),
        migrations.RunSQL(FACES_CHANGED, "DROP FUNCTION faces_face_changed()"),
        migrations.RunSQL(EMBEDDINGS_CHANGED, "DROP FUNCTION faces_embedding_changed()"),
        *triggers("faces_face", "faces_face_changed"),
        *triggers("faces_faceembedding", "faces_embedding_changed"),
    ]
