"""Search photos by the people in them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from albums.querysets import ImageQuerySet
from albums.services.core.row_ids import row_id
from albums.services.searching.search_part import (
    Choice,
    ImageIds,
    SearchPart,
    Suggester,
    Viewer,
    best_matches,
    has_word,
    row_choices,
)
from albums.text_normalization import normalized
from faces.models import Face, Person


class PersonPart(SearchPart):
    """The people in a photo. All of several values must match."""

    name = "person"
    heading = _("People")
    icon = "people"
    picture_view = "faces:crop"

    def __init__(self) -> None:
        self._known: tuple[Viewer, list[tuple[int, str, bool]]] | None = None

    def suggester(self, user: Viewer) -> Suggester:
        """Suggest named people; hidden ones only for their whole name."""
        people = self._named(user)

        def suggest(words: Sequence[str]) -> list[Choice]:
            phrase = " ".join(words)
            shown = (
                Choice(str(key), name)
                for key, name, hidden in people
                if not hidden or normalized(name) == phrase
            )
            return self._with_faces(best_matches(shown, words))

        return suggest

    def names(self, user: Viewer) -> dict[str, str]:
        """Return the shown people by name."""
        people = [(normalized(name), str(key)) for key, name, hidden in self._named(user) if not hidden]
        counts = Counter(name for name, _key in people)
        return {name: key for name, key in people if name and counts[name] == 1}

    def choices_of(self, user: Viewer, values: Sequence[str]) -> list[Choice]:
        """Return the people, by id; people that were merged or deleted, or are someone else's, are gone."""
        ids = {key for value in values if (key := row_id(value)) is not None}
        people = Person.objects.visible_to(user).filter(pk__in=ids).values_list("pk", "name")
        names = {key: name or gettext("Unnamed person") for key, name in people}
        return self._with_faces(row_choices(values, names, gettext("Unknown person")))

    def filtered(self, images: ImageQuerySet, values: Sequence[str]) -> ImageQuerySet:
        """Return the photos with all of these people."""
        for value in values:
            images = images.filter(
                pk__in=Face.objects.present().filter(person_id=int(value)).values("image_id")
            )
        return images

    def meanings(self, user: Viewer, words: Sequence[str]) -> Iterable[tuple[int, ImageIds]]:
        """Return the photos of people whose name has the first word."""
        people = [key for key, name, _hidden in self._named(user) if has_word(name, words[0])]
        if not people:
            return []
        return [(1, Face.objects.present().filter(person_id__in=people).values("image_id"))]

    def _named(self, user: Viewer) -> list[tuple[int, str, bool]]:
        """Return id, name and `hidden` of the named people, by name, read once for a whole search."""
        if self._known is None or self._known[0] != user:
            named = Person.objects.visible_to(user).named().order_by("name", "pk")
            self._known = (user, list(named.values_list("pk", "name", "hidden")))
        return self._known[1]

    def _with_faces(self, choices: Sequence[Choice]) -> list[Choice]:
        """Return the choices with the face that is shown for each person."""
        ids = [int(choice.value) for choice in choices if not choice.gone]
        if not ids:
            return list(choices)
        shown = Person.objects.filter(pk__in=ids).with_shown_face()
        faces = dict(shown.values_list("pk", "shown_face_id"))
        return [
            choice if choice.gone else replace(choice, picture_id=faces.get(int(choice.value)))
            for choice in choices
        ]
