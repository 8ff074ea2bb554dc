"""Sweeps of the database's files, and no statistics of names, paths and texts.

The planner's statistics are samples of a column's values, which anybody with SQL can read, and which outlive
the rows. The columns here are found by other means: by unique indexes, by search indexes, or with their row.
"""

import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

PRIVATE = {
    "auth_user": ("username", "first_name", "last_name", "email", "password"),
    "albums_album": ("name", "description"),
    "albums_backuprecord": ("target",),
    "albums_image": (
        "sha256", "original", "source_path", "description", "facts", "words", "reason_values", "detail",
        "made_with",
    ),
    "albums_job": ("inputs", "options", "result", "reason_values", "detail"),
    "albums_jobfile": ("name", "file", "sha256"),
    "albums_rendition": ("file",),
    "albums_sharelink": ("token", "password"),
    "albums_unpackedfile": ("name", "reason_values"),
    "albums_upload": ("sha256", "name", "reason_values", "detail"),
}


def statistics_off(private):
    """Statements that switch the statistics of columns off; the sweep deletes those that exist."""
    return [
        f"ALTER TABLE {table} " + ", ".join(f"ALTER COLUMN {name} SET STATISTICS 0" for name in names)
        for table, names in private.items()
    ]


def statistics_on(private):
    return [
        f"ALTER TABLE {table} " + ", ".join(f"ALTER COLUMN {name} SET STATISTICS -1" for name in names)
        for table, names in private.items()
    ]


def sweep(apps, schema_editor):
    """Earlier erasures left their remains: rewrite the files of a database that has been in use."""
    if apps.get_model("auth", "User").objects.exists():
        apps.get_model("albums", "Sweep").objects.create()


class Migration(migrations.Migration):
    dependencies = [
        ("albums", "0016_wall_clocks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name='BackupRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('target', models.TextField(help_text='the folder', unique=True)),
                ('taken_at', models.DateTimeField(help_text='before its snapshot of the database')),
            ],
        ),
        migrations.CreateModel(
            name='Sweep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('requested_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('urgent', models.BooleanField(default=True, help_text='requested by a user; others are carried out together, once a day')),
                ('files', models.JSONField(default=list, help_text='erased files of the storage, and folders of it, which end with a slash')),
                ('tables', models.JSONField(default=list, help_text='tables that were rewritten since the request')),
                ('indexes', models.JSONField(default=dict, help_text='statements of the indexes that are missing while their table is rewritten')),
                ('progress', models.FloatField(default=0.0, help_text='0..1')),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('left', models.JSONField(default=list, help_text='codes of what the operator of the database has to do')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('finished_at', None)), fields=['id'], name='sweep_unfinished')],
            },
        ),
        migrations.RunSQL(statistics_off(PRIVATE), statistics_on(PRIVATE)),
        migrations.RunPython(sweep, migrations.RunPython.noop),
    ]
