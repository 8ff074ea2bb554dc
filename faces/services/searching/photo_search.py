"""Who is in a photo, as a part of the search of the albums."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from albums.querysets import ImageQuerySet
from albums.services.core.row_ids import row_id
from albums.services.searching.search import Choice, Ids, SearchPart, Suggester, Viewer, best_matches
from albums.text_normalization import folded
from faces.models import Face, Person


class PersonPart:
    """Who is in a photo. Of several people all must be in it together."""

    name = "person"
    heading: str | Promise = _("People")
    icon = "people"

    def suggester(self, user: Viewer) -> Suggester:
        """Named people, with their faces; hidden ones only where their whole name is typed."""
        named = Person.objects.visible_to(user).named().order_by("name", "pk")
        people = list(named.values_list("pk", "name", "hidden"))

        def suggest(words: Sequence[str]) -> list[Choice]:
            phrase = " ".join(words)
            shown = (
                Choice(str(key), name) for key, name, hidden in people if not hidden or folded(name) == phrase
            )
            return self._with_faces(best_matches(shown, words))

        return suggest

    def chosen(self, user: Viewer, values: Sequence[str]) -> list[Choice]:
        """The people, by id; whoever is merged away, erased or not theirs is gone."""
        ids = {key for value in values if (key := row_id(value)) is not None}
        names = dict(Person.objects.visible_to(user).filter(pk__in=ids).values_list("pk", "name"))
        choices = []
        for value in values:
            key = row_id(value)
            if key is None or key not in names:
                choices.append(Choice(value, gettext("Somebody who is not there"), gone=True))
            else:
                choices.append(Choice(value, names[key] or gettext("Unnamed person")))
        return self._with_faces(choices)

    def narrowed(self, images: ImageQuerySet, user: Viewer, values: Sequence[str]) -> ImageQuerySet:
        """Photos with each of these people."""
        for value in values:
            faces = Face.objects.visible_to(user).present().filter(person_id=int(value))
            images = images.filter(pk__in=faces.values("image_id"))
        return images

    def meant(self, user: Viewer, words: Sequence[str]) -> Iterable[tuple[int, Ids]]:
        """Photos with anybody whose name has the first word."""
        named = Person.objects.visible_to(user).named().values_list("pk", "name")
        people = [key for key, name in named if f" {words[0]}" in f" {folded(name)}"]
        if not people:
            return []
        return [(1, Face.objects.present().filter(person_id__in=people).values("image_id"))]

    def _with_faces(self, choices: Sequence[Choice]) -> list[Choice]:
        """The same with a picture of each: their cover, or their best face."""
        if not choices:
            return []
        shown = Person.objects.filter(pk__in=[choice.value for choice in choices if not choice.gone])
        faces = dict(shown.with_shown_face().values_list("pk", "shown_face_id"))
        return [
            Choice(choice.value, choice.label, reverse("faces:crop", args=[face]))
            if not choice.gone and (face := faces.get(int(choice.value)))
            else choice
            for choice in choices
        ]


if TYPE_CHECKING:
    _checked: SearchPart = PersonPart()
