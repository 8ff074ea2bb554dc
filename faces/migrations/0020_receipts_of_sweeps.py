"""Receipts tell when erased data has left the disk; no statistics of vectors, landmarks and names."""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

SWEEPS = import_module("albums.migrations.0018_sweeps")

PRIVATE = {
    "faces_change": ("wording", "text", "rows"),
    "faces_clusteringrun": ("parameters", "error"),
    "faces_face": ("landmarks", "crop"),
    "faces_faceattributes": ("crop",),
    "faces_faceembedding": ("vector", "box"),
    "faces_facescan": ("detail",),
    "faces_person": ("name", "birth_date"),
    "faces_personstats": ("mean",),
    "faces_stagedface": ("landmarks", "crop", "vector"),
    "faces_stagedscan": ("detail",),
}

# The first column of these indexes is the vector cast to its length, of which there are statistics as well.
VECTOR_INDEXES = ("embedding_near_facenet128", "embedding_near_sface128")


class Migration(migrations.Migration):
    dependencies = [
        ("albums", "0018_sweeps"),
        ("faces", "0017_face_attributes"),
    ]
    operations = [
        migrations.AddField(
            model_name='erasurereceipt',
            name='sweep',
            field=models.ForeignKey(blank=True, help_text='the removal of the erased data from the disk; none before that was done', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='albums.sweep'),
        ),
        migrations.RunSQL(SWEEPS.statistics_off(PRIVATE), SWEEPS.statistics_on(PRIVATE)),
        *(
            migrations.RunSQL(
                f"ALTER INDEX {name} ALTER COLUMN 1 SET STATISTICS 0",
                f"ALTER INDEX {name} ALTER COLUMN 1 SET STATISTICS -1",
            )
            for name in VECTOR_INDEXES
        ),
    ]
