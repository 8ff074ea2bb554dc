"""Smart albums of people, and the names of the people in a photo."""

from collections.abc import Collection, Iterable
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _

from albums.models import Album
from albums.services.arranging.albums import album_create
from faces.models import Change, Face, Person, PersonAlbum
from faces.services.history.diff import FACE, FOLLOWED, PERSON

MOST_FACES_LOOKED_AT = 1000

# What is in albums and should not be (with the id of its entry), and what should be and is not: one query
# for any number of albums. It must be quick also right after an import, when the planner still takes every
# table for small. So what is wanted and what is there are laid together and counted (NOT EXISTS would be a
# loop in a loop), the photo of each face is looked up by its id (without OFFSET 0 all faces might be read for
# each photo), and owners are compared in a way that no index serves (or all photos of the owner would be read
# for each face). The order keeps two runs from waiting for each other.
DIFFERING = """
WITH followed AS (
    SELECT kind.album_id, album.owner_id, kind.rule, member.person_id,
        count(*) OVER (PARTITION BY kind.id) AS people
    FROM faces_personalbum AS kind
    JOIN albums_album AS album ON album.id = kind.album_id
    JOIN faces_personalbum_people AS member ON member.personalbum_id = kind.id
    WHERE kind.album_id = ANY(%(albums)s)
), wanted AS (
    SELECT followed.album_id, face.image_id
    FROM followed
    JOIN faces_person AS person ON person.id = followed.person_id
        AND person.owner_id IS NOT DISTINCT FROM followed.owner_id
    JOIN faces_face AS face ON face.person_id = person.id AND NOT face.dismissed AND NOT face.binned
    CROSS JOIN LATERAL (
        SELECT FROM albums_image AS image
        WHERE image.id = face.image_id AND image.owner_id IS NOT DISTINCT FROM followed.owner_id
            AND image.state = 'ready' AND image.binned_at IS NULL
        OFFSET 0
    ) AS image
    GROUP BY followed.album_id, followed.rule, followed.people, face.image_id
    HAVING followed.rule = 'any' OR count(DISTINCT face.person_id) = followed.people
)
SELECT album_id, image_id, max(entry_id)
FROM (
    SELECT album_id, image_id, NULL::bigint AS entry_id FROM wanted
    UNION ALL
    SELECT entry.album_id, entry.image_id, entry.id
    FROM albums_albumimage AS entry
    JOIN faces_personalbum AS kind ON kind.album_id = entry.album_id
    WHERE entry.album_id = ANY(%(albums)s)
) AS both_sides
GROUP BY album_id, image_id
HAVING count(*) = 1
ORDER BY album_id, image_id
"""
TAKE_OUT = "DELETE FROM albums_albumimage WHERE id = ANY(%s)"
PUT_IN = """
INSERT INTO albums_albumimage (album_id, image_id, added_at)
SELECT album_id, image_id, now() FROM unnest(%s::bigint[], %s::bigint[]) AS missing (album_id, image_id)
ON CONFLICT (album_id, image_id) DO NOTHING
"""


def person_album_ids() -> QuerySet[PersonAlbum, int]:
    """The ids of all albums that follow people."""
    return PersonAlbum.objects.values_list("album_id", flat=True)


def album_of_person(person: Person) -> int | None:
    """Return the id of the first smart album that follows this person alone."""
    counted = PersonAlbum.objects.annotate(number=Count("people", distinct=True))
    alone = counted.filter(number=1, pk__in=person.person_albums.values("pk"))
    return alone.order_by("pk").values_list("album_id", flat=True).first()


def person_albums_fill(album_ids: Iterable[int]) -> None:
    """Make these albums hold just the photos that their people are in; other albums stay as they are.

    One query when nothing differs, which is nearly always, and at most three.
    """
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.execute(DIFFERING, {"albums": list(album_ids)})
        rows = cursor.fetchall()
        if surplus := [entry_id for _album, _image, entry_id in rows if entry_id is not None]:
            cursor.execute(TAKE_OUT, [surplus])
        if missing := [(album_id, image_id) for album_id, image_id, entry_id in rows if entry_id is None]:
            cursor.execute(PUT_IN, [list(ids) for ids in zip(*missing, strict=True)])


def changed_albums_fill(change: Change) -> None:
    """The same for the albums that follow somebody whom this change, done or undone, concerned."""
    albums = PersonAlbum.objects.filter(album__owner_id=change.owner_id)
    concerned = _people_of(change)
    if concerned is not None:
        albums = albums.filter(people__in=concerned).distinct()
    ids = list(albums.values_list("album_id", flat=True))
    if ids:
        person_albums_fill(ids)


def _people_of(change: Change) -> set[int] | None:
    """Return the people a change concerned; None for too many, or when smart albums changed."""
    faces = change.rows.get(FACE.name, {})
    if FOLLOWED.name in change.rows or len(faces) > MOST_FACES_LOOKED_AT:
        return None
    people = {int(pk) for pk in change.rows.get(PERSON.name, {})}
    for sides in faces.values():
        people |= {side["person_id"] for side in sides.values() if side and side.get("person_id")}
    return people


@transaction.atomic
def person_album_create(*, owner: User, name: str, people: Collection[Person], rule: str) -> Album:
    """Create a smart album. Raises ValidationError for an invalid name, rule or choice of people."""
    album = album_create(owner=owner, name=name)
    kind = PersonAlbum(album=album)
    _follow(kind, people=people, rule=rule)
    return album


@transaction.atomic
def person_album_change(*, kind: PersonAlbum, people: Collection[Person], rule: str) -> None:
    """Other people, or another rule. Raises ValidationError for an unfit rule or choice of people."""
    _follow(kind, people=people, rule=rule)


@transaction.atomic
def person_album_convert(*, kind: PersonAlbum) -> None:
    """Turn a smart album into an ordinary one with its current photos."""
    person_albums_fill([kind.album_id])
    kind.delete()


def _follow(kind: PersonAlbum, *, people: Collection[Person], rule: str) -> None:
    if not people:
        raise ValidationError(_("Select at least one person."), code="nobody")
    if any(person.owner_id != kind.album.owner_id for person in people):
        raise ValidationError(_("Choose people from your own photos."), code="stranger")
    kind.rule = rule
    kind.full_clean()
    kind.save()
    kind.people.set(people)
    person_albums_fill([kind.album_id])


def smart_albums_follow(*, into: Person, gone: Collection[Person]) -> None:
    """Replace merged people by the remaining person in smart albums."""
    entries = PersonAlbum.people.through.objects
    theirs = entries.filter(person__in=gone)
    followed = list(theirs.values_list("personalbum_id", flat=True).distinct())
    theirs.delete()
    entries.bulk_create(
        [PersonAlbum.people.through(personalbum_id=pk, person_id=into.pk) for pk in followed],
        ignore_conflicts=True,
    )


def joint_albums_empty(person: Person) -> None:
    """Before a person is deleted, empty the albums that showed them together with others."""
    kinds = PersonAlbum.objects.filter(people=person, rule=PersonAlbum.Rule.ALL)
    PersonAlbum.people.through.objects.filter(personalbum__in=kinds).delete()


def names_by_image(owner_id: int, image_ids: Collection[int]) -> dict[int, list[str]]:
    """Return the names in each of these images, left to right, of visible people of this owner."""
    faces = (
        Face.objects.present()
        .filter(image__in=image_ids, binned=False, person__owner_id=owner_id, person__hidden=False)
        .exclude(person__name="")
        .order_by("image_id", "x", "pk")
        .values_list("image_id", "person__name")
    )
    names: dict[int, list[str]] = {}
    for image_id, name in faces:
        there = names.setdefault(image_id, [])
        if name not in there:
            there.append(name)
    return names


def hidden_people_images(owner: User) -> QuerySet[Any, Any]:
    """Return the ids of the photos with people whom the owner has hidden."""
    faces = Face.objects.present().filter(binned=False, person__owner_id=owner.pk, person__hidden=True)
    return faces.order_by().values("image_id")
