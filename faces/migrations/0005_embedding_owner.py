"""The owner beside each vector, so that a search finds an owner's vectors without reading faces and photos.

Filling the column writes each row anew, and each new row would go into the HNSW indexes one by one, which
takes minutes for some ten thousands. So those are taken away meanwhile and built in one pass afterwards.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FILL = """
DO $$
DECLARE near record;
BEGIN
    CREATE TEMPORARY TABLE taken_away ON COMMIT DROP AS
        SELECT indexname, indexdef FROM pg_indexes
        WHERE schemaname = current_schema() AND tablename = 'faces_faceembedding'
            AND indexname LIKE 'embedding\\_near\\_%';
    FOR near IN SELECT * FROM taken_away LOOP
        EXECUTE format('DROP INDEX %I', near.indexname);
    END LOOP;
    SET CONSTRAINTS ALL IMMEDIATE;
    -- Beyond 256 MB, which some 150,000 vectors take, the index would be filled row by row after all.
    SET LOCAL maintenance_work_mem = '1GB';
    UPDATE faces_faceembedding AS embedding SET owner_id = image.owner_id
        FROM faces_face AS face JOIN albums_image AS image ON image.id = face.image_id
        WHERE face.id = embedding.face_id;
    FOR near IN SELECT * FROM taken_away LOOP
        EXECUTE near.indexdef;
    END LOOP;
END
$$
"""


def owner_index_of(model: str) -> migrations.RunSQL:
    """Each owner's vectors of one model side by side, to compare with all of them and read no table.

    For at most 600 dimensions: an index's row has no room for more. Without this index the search goes through
    embedding_by_owner, with the same answers.
    """
    name = f"embedding_of_owner_{model}"
    return migrations.RunSQL(
        sql=f"""
            CREATE INDEX {name} ON faces_faceembedding (owner_id) INCLUDE (face_id, vector)
            WHERE model = '{model}'
        """,
        reverse_sql=f"DROP INDEX {name}",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("faces", "0004_reindexing"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AddField(
            "faceembedding",
            "owner",
            models.ForeignKey(
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AlterField(
            "faceembedding",
            "owner",
            models.ForeignKey(
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            "faceembedding", models.Index(fields=["owner", "model"], name="embedding_by_owner")
        ),
        *(owner_index_of(model) for model in ("facenet128", "sface128")),
        migrations.AddIndex(
            "face",
            models.Index(condition=models.Q(("dismissed", True)), fields=["id"], name="face_dismissed"),
        ),
    ]
