"""Names of albums in one form, so that "José" composed and decomposed are one name.

An album whose name is then that of another of its owner gets a number behind it: nothing is joined or lost.
"""

from django.db import migrations

from albums.validators import plain_name

LONGEST = 200


def numbered(name, taken):
    """Return the name, with a number if it is taken; "?" for a name without anything to see."""
    wanted = candidate = (plain_name(name) or "?")[:LONGEST]
    number = 1
    while candidate in taken:
        number += 1
        ending = f" ({number})"
        candidate = wanted[: LONGEST - len(ending)] + ending
    return candidate


def names_plain(apps, _schema_editor):
    albums = apps.get_model("albums", "Album").objects
    for pk, owner_id, name in list(albums.order_by("pk").values_list("pk", "owner_id", "name")):
        if name != plain_name(name):
            taken = set(albums.filter(owner_id=owner_id).exclude(pk=pk).values_list("name", flat=True))
            albums.filter(pk=pk).update(name=numbered(name, taken))


class Migration(migrations.Migration):
    dependencies = [("albums", "0017_ended_uploads")]
    operations = [migrations.RunPython(names_plain, migrations.RunPython.noop)]
