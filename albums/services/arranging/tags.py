"""Tags of photos: the owner's, and at first the keywords of their files."""

import re
from collections.abc import Iterable, Sequence

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Count, F, Func, TextField
from django.utils.translation import gettext as _

from albums.models import Image
from albums.models.images import LONGEST_TAG
from albums.text_normalization import normalized
from albums.validators import plain_name, validate_plain_text

FIELDS = ("tags",)
MOST_TAGS = 50
"""The tags that a photo can have."""

FILE_FACT = "keywords"
"""The key of `Image.facts` with the keywords of the file."""


class _Unnest(Func):
    function = "UNNEST"
    output_field = TextField()


def tags_of_text(text: str) -> list[str]:
    """Return the tags in a text, separated by commas. Raises ValidationError."""
    return tags_of(re.split(r"[,;\n]", text))


def tags_of(names: Iterable[str]) -> list[str]:
    """Return the tags as they are stored, each once. Raises ValidationError for one that is too long."""
    tags: dict[str, str] = {}
    for name in filter(None, map(plain_name, names)):
        validate_plain_text(name)
        if len(name) > LONGEST_TAG:
            raise ValidationError(
                _("A tag has at most %(count)d characters.") % {"count": LONGEST_TAG}, code="too_long"
            )
        tags.setdefault(_key(name), name)
    return list(tags.values())


def tag_counts(user: User | AnonymousUser) -> dict[str, int]:
    """Return the tags of the user's photos with the numbers of photos, the most frequent first."""
    tagged = Image.objects.owned_by(user).exclude(tags=[]).order_by()
    rows = tagged.annotate(tag=_Unnest(F("tags"))).values("tag").annotate(photos=Count("*"))
    # Postgres keeps no statistics of tags, which would outlive an erasure. Without them it takes every photo
    # for a tagged one and reads them all, in place of the index of the tagged ones.
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('enable_seqscan', 'off', true)")
        counts = dict(rows.order_by("-photos", "tag").values_list("tag", "photos"))
        cursor.execute("SELECT set_config('enable_seqscan', 'on', true)")
    return counts


def tags_spelled(user: User, tags: Sequence[str]) -> list[str]:
    """Return the tags as the user has spelled them before, without regard to case and accents."""
    known = {_key(tag): tag for tag in reversed(tag_counts(user))} if tags else {}
    return [known.get(_key(tag), tag) for tag in tags]


def tags_changed(tags: Iterable[str], *, add: Sequence[str] = (), remove: Sequence[str] = ()) -> list[str]:
    """Return the tags of a photo after a change, in the order of the alphabet, at most `MOST_TAGS`."""
    gone = set(map(_key, remove))
    remaining = {_key(tag): tag for tag in tags if _key(tag) not in gone}
    for tag in add:
        remaining.setdefault(_key(tag), tag)
    return [remaining[key] for key in sorted(remaining)][:MOST_TAGS]


def image_set_tags(image: Image, tags: Sequence[str]) -> None:
    """Set the tags of `image`, which is not saved."""
    image.tags = list(tags)


def image_set_file_tags(*, image: Image, keywords: Sequence[str]) -> None:
    """Store the keywords of a photo's file in `image`, which is not saved. Tags by the owner stay."""
    if list(image.tags) == _of_file(image.facts.get(FILE_FACT, [])):
        image.tags = _of_file(keywords)
    others = {name: value for name, value in image.facts.items() if name != FILE_FACT}
    # No text: such facts are not shown as such.
    image.facts = {**others, FILE_FACT: list(keywords)} if keywords else others


def _of_file(keywords: Sequence[str]) -> list[str]:
    return tags_changed([], add=[one for one in map(plain_name, keywords) if 0 < len(one) <= LONGEST_TAG])


def image_tags(image: Image) -> list[str]:
    """Return the tags of a photo."""
    return list(image.tags)


def _key(tag: str) -> str:
    return normalized(tag) or tag.casefold()
