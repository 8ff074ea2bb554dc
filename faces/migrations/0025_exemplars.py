"""Exemplars of people, which go as soon as the faces of their person change."""

import django.contrib.postgres.fields
import django.db.models.deletion
import pgvector.django
from django.conf import settings
from django.db import migrations, models

MODELS = {"facenet128": 128, "sface128": 128, "facenet_sface256": 256}
"""Dimensions of the vectors; a centre has one more."""

# Rows that another transaction deletes at this moment are left to it: two who change faces never wait for
# each other here. Those of one that is rolled back go with the next statistics of the person.
OUTDATED = """
CREATE FUNCTION faces_exemplars_outdated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM faces_personexemplar WHERE id IN (
        SELECT id FROM faces_personexemplar
        WHERE person_id IN (SELECT person_id FROM new_rows)
        FOR UPDATE SKIP LOCKED
    );
    RETURN NULL;
END
$$
"""

TRIGGER = """
CREATE TRIGGER faces_exemplars_outdated AFTER INSERT ON faces_dirtyperson
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION faces_exemplars_outdated()
"""


def index_of(model, dimensions):
    name = f"exemplar_near_{model}"
    return [
        migrations.RunSQL(
            f"""
            CREATE INDEX {name} ON faces_personexemplar
            USING hnsw ((centre::halfvec({dimensions + 1})) halfvec_ip_ops) WITH (m = 16, ef_construction = 64)
            WHERE model = '{model}'
            """,
            f"DROP INDEX IF EXISTS {name}",
        ),
        # Statistics would tell the vectors: see 0020_receipts_of_sweeps.
        migrations.RunSQL(f"ALTER INDEX {name} ALTER COLUMN 1 SET STATISTICS 0", migrations.RunSQL.noop),
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("faces", "0024_counts_from_indexes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="PersonExemplar",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("model", models.CharField(help_text="the model of the vectors", max_length=64)),
                (
                    "centre",
                    pgvector.django.HalfVectorField(
                        help_text="the mean, and by how much the nearest face is nearer", null=True
                    ),
                ),
                (
                    "faces",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        default=list,
                        help_text="ids of the faces",
                        size=None,
                    ),
                ),
                (
                    "codes",
                    models.BinaryField(
                        default=b"", help_text="the vectors of the faces, in their order, as int8"
                    ),
                ),
                ("scale", models.FloatField(default=0.0, help_text="factor of the codes")),
                (
                    "owner",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="exemplars",
                        to="faces.person",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["owner", "model"], name="exemplar_by_owner"),
                    models.Index(
                        condition=models.Q(("centre", None)), fields=["owner"], name="exemplar_to_compute"
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            # Codes do not get smaller by compression.
            "ALTER TABLE faces_personexemplar ALTER COLUMN codes SET STORAGE EXTERNAL, "
            "ALTER COLUMN centre SET STATISTICS 0, ALTER COLUMN codes SET STATISTICS 0",
            migrations.RunSQL.noop,
        ),
        *(operation for model, dimensions in MODELS.items() for operation in index_of(model, dimensions)),
        migrations.RunSQL(OUTDATED, "DROP FUNCTION faces_exemplars_outdated()"),
        migrations.RunSQL(TRIGGER, "DROP TRIGGER faces_exemplars_outdated ON faces_dirtyperson"),
    ]
