"""Create the values that another program knew of a photo."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

PRIVATE = ("program", "captured", "latitude", "longitude", "description", "keywords", "rating", "people")


class Migration(migrations.Migration):

    dependencies = [
        ('albums', '0031_photos_not_shown'),
    ]

    operations = [
        migrations.CreateModel(
            name='Sidecar',
            fields=[
                ('image', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='sidecar', serialize=False, to='albums.image')),
                ('program', models.CharField(choices=[('takeout', 'Google Photos'), ('xmp', 'XMP')], max_length=16)),
                ('captured', models.CharField(blank=True, help_text='ISO 8601, or empty', max_length=40)),
                ('latitude', models.FloatField(blank=True, help_text='degrees, -90..90', null=True)),
                ('longitude', models.FloatField(blank=True, help_text='degrees, -180..180', null=True)),
                ('description', models.TextField(blank=True)),
                ('keywords', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=100), blank=True, default=list, size=None)),
                ('rating', models.CharField(blank=True, help_text='stars, 1 to 5', max_length=1)),
                ('people', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), blank=True, default=list, size=None)),
            ],
        ),
        migrations.AlterField(
            model_name='image',
            name='captured_source',
            field=models.CharField(blank=True, choices=[('exif', 'exif'), ('xmp', 'xmp'), ('iptc', 'iptc'), ('png', 'png'), ('gps', 'gps'), ('sidecar', 'sidecar'), ('file_name', 'file_name'), ('owner', 'owner')], max_length=16),
        ),
        # Statistics are samples of the values, and outlive the rows (see 0018_sweeps).
        migrations.RunSQL(
            "ALTER TABLE albums_sidecar "
            + ", ".join(f"ALTER COLUMN {name} SET STATISTICS 0" for name in PRIVATE),
            migrations.RunSQL.noop,
        ),
    ]
