"""Names of people in one form, so that "José" composed and decomposed are one name.

A person whose name is then that of another of their owner gets a number behind it, and can be merged on the
pages: a migration does not decide who is who.
"""

from django.db import migrations

from albums.validators import plain_name

LONGEST = 200


def numbered(name, taken):
    """Return the name, with a number if it is taken in any case; "?" for one without anything to see."""
    wanted = candidate = (plain_name(name) or "?")[:LONGEST]
    number = 1
    while candidate.casefold() in taken:
        number += 1
        ending = f" ({number})"
        candidate = wanted[: LONGEST - len(ending)] + ending
    return candidate


def names_plain(apps, _schema_editor):
    people = apps.get_model("faces", "Person").objects
    for pk, owner_id, name in list(people.exclude(name="").order_by("pk").values_list("pk", "owner_id", "name")):
        if name != plain_name(name):
            others = people.filter(owner_id=owner_id).exclude(pk=pk).exclude(name="")
            taken = {other.casefold() for other in others.values_list("name", flat=True)}
            people.filter(pk=pk).update(name=numbered(name, taken))


class Migration(migrations.Migration):
    dependencies = [("faces", "0020_receipts_of_sweeps"), ("albums", "0017_names_in_one_form")]
    operations = [migrations.RunPython(names_plain, migrations.RunPython.noop)]
