"""Stored history texts get the wording of today, so that they are found in the catalogues."""

from typing import Any

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

BATCH = 1000
NEW_TEXTS = {
    "A face is %(name)s": "Confirmed a face as %(name)s",
    "A face is not %(name)s": "Rejected a face as %(name)s",
    "A group is %(name)s, too": "Merged a group into %(name)s",
    "A group is not %(name)s": "Kept a group apart from %(name)s",
    "A group is one person": "Confirmed a group as one person",
    "A group is two people": "Split a group into two people",
    "All of a group are %(name)s": "Confirmed a whole group as %(name)s",
    "Chose a cover for %(name)s": "Changed the cover of %(name)s",
    "Compared faces with %(model)s instead of %(before)s": "Switched from %(before)s to %(model)s",
    "Drew a face": "Added a face",
    "Drew a face: %(name)s": "Added a face: %(name)s",
    "Grouped %(faces)s: %(moved)s, %(new)s": "Sorted %(faces)s: %(new)s",
    "In %(photo)s twice: %(name)s": "Allowed %(name)s twice in %(photo)s",
    "Looked at all photos again": "Rescanned all photos",
    "Looked at some photos again": "Rescanned some photos",
    "Made %(faces)s of %(name)s another person": "Moved %(faces)s of %(name)s to a new person",
    "Moved %(faces)s to %(name)s, who is new": "Moved %(faces)s to the new person %(name)s",
    "One face in %(photo)s is not %(name)s": "Rejected a face in %(photo)s as %(name)s",
    "Said that %(count)s face is somebody else": "Rejected %(count)s face",
    "Said that %(count)s faces are somebody else": "Rejected %(count)s faces",
    "Said that a group is %(name)s": "Named a group %(name)s",
    "Said that somebody is in a photo once": "Allowed each person only once in a photo",
    "Said that somebody may be in a photo twice": "Allowed the same person twice in a photo",
    "Showed %(name)s": "Unhid %(name)s",
    "Some of a group are not %(name)s": "Split faces from %(name)s",
    "This is a face": "Confirmed as a face",
    "This is no face": "Marked as not a face",
    "Took a name away": "Removed a name",
    "Two groups are the same person": "Merged two groups",
    "Two groups are two people": "Kept two people apart",
    "somebody without a name": "an unnamed person",
}


def reworded(wording: Any) -> Any:
    """Return a stored message, and those inside it, with the texts of today; names stay as they are."""
    if not isinstance(wording, dict) or "message" not in wording:
        return wording
    return {
        "message": NEW_TEXTS.get(wording["message"], wording["message"]),
        "plural": NEW_TEXTS.get(wording["plural"], wording["plural"]),
        "values": {name: reworded(value) for name, value in wording["values"].items()},
    }


def reword_changes(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    changes = apps.get_model("faces", "Change").objects.exclude(wording={})
    batch = []
    for change in changes.only("pk", "wording").iterator(chunk_size=BATCH):
        wording = reworded(change.wording)
        if wording != change.wording:
            change.wording = wording
            batch.append(change)
        if len(batch) == BATCH:
            changes.bulk_update(batch, ["wording"])
            batch = []
    changes.bulk_update(batch, ["wording"])


class Migration(migrations.Migration):
    dependencies = [("faces", "0015_run_states")]
    operations = [
        migrations.RunPython(reword_changes, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='change',
            name='kind',
            field=models.CharField(choices=[('name', 'Named'), ('merge', 'Merged'), ('split', 'Split'), ('assign', 'Moved'), ('confirm', 'Confirmed'), ('reject', 'Rejected'), ('hide', 'Hidden'), ('show', 'Shown again'), ('cover', 'Cover changed'), ('details', 'Details changed'), ('dismiss', 'Face removed'), ('draw', 'Face added'), ('repeats', 'Photo exception'), ('answers', 'Questions answered'), ('run', 'People grouped'), ('reindex', 'Photos rescanned')], max_length=16),
        ),
        migrations.AlterField(
            model_name='personalbum',
            name='rule',
            field=models.CharField(choices=[('all', 'Everyone in the photo'), ('any', 'Anyone in the photo')], default='all', max_length=8),
        ),
    ]
