"""No statistics of the values of changes, of tags and of the names of selected files, as in 0018."""

from importlib import import_module

from django.db import migrations

sweeps = import_module("albums.migrations.0018_sweeps")
PRIVATE = {
    "albums_changedphoto": ("before", "after"),
    "albums_image": ("tags",),
    "albums_selectedfile": ("name",),
}


class Migration(migrations.Migration):
    dependencies = [("albums", "0024_selected_files")]

    operations = [migrations.RunSQL(sweeps.statistics_off(PRIVATE), sweeps.statistics_on(PRIVATE))]
