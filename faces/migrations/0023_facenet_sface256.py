"""Indexes of the vectors of FaceNet and SFace joined, as those of the other embedders."""

from django.db import migrations

MODEL, DIMENSIONS = "facenet_sface256", 256
NEAR, OF_OWNER = f"embedding_near_{MODEL}", f"embedding_of_owner_{MODEL}"


class Migration(migrations.Migration):
    dependencies = [("faces", "0022_face_turns")]
    operations = [
        migrations.RunSQL(
            f"""
            CREATE INDEX {NEAR} ON faces_faceembedding
            USING hnsw ((vector::vector({DIMENSIONS})) vector_cosine_ops) WITH (m = 16, ef_construction = 64)
            WHERE model = '{MODEL}'
            """,
            f"DROP INDEX {NEAR}",
        ),
        # Statistics would tell the vectors: see 0020_receipts_of_sweeps.
        migrations.RunSQL(f"ALTER INDEX {NEAR} ALTER COLUMN 1 SET STATISTICS 0", migrations.RunSQL.noop),
        migrations.RunSQL(
            f"""
            CREATE INDEX {OF_OWNER} ON faces_faceembedding (owner_id) INCLUDE (face_id, vector)
            WHERE model = '{MODEL}'
            """,
            f"DROP INDEX {OF_OWNER}",
        ),
    ]
