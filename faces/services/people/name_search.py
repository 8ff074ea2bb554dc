"""Finding people by what somebody types: capitals and accents make no difference."""

from itertools import count

from django.contrib.auth.models import User

from albums.text_normalization import normalized
from albums.validators import plain_name
from faces.models import Person

NAMES_READ = 20_000
"""More named people than this are not looked through."""


def people_matching(*, owner: User, text: str) -> list[int]:
    """Return the ids of named people whose name contains the text, best match first.

    Names that begin with the text come first, then names with a word that begins with it, then others; each
    in alphabetical order. An empty text matches every named person; one of punctuation alone, which is no
    word, matches names that contain it as it is.
    """
    wanted = normalized(text)
    literal = "" if wanted else plain_name(text).casefold()
    named = Person.objects.visible_to(owner).named().order_by("pk")
    rows = [
        (pk, normalized(name))
        for pk, name in named.values_list("pk", "name")[:NAMES_READ]
        if literal in name.casefold()
    ]
    found = [(_place(name, wanted), name, pk) for pk, name in rows if wanted in name]
    return [pk for _place_, _name, pk in sorted(found)]


def _place(name: str, wanted: str) -> int:
    if name.startswith(wanted):
        return 0
    return 1 if f" {wanted}" in name else 2


def free_name(*, owner: User, name: str) -> str:
    """Return the name with the lowest number after it that no other person has: "Anna 2"."""
    names = Person.objects.visible_to(owner).named().values_list("name", flat=True)
    taken = {normalized(one) for one in names}
    return next(one for number in count(2) if normalized(one := f"{name} {number}") not in taken)
