"""Sentences that are written once and read later, by somebody who may have another language.

What is kept is the text to be translated, with what stands in it: `gettext` at the time of writing would fix
the language of who writes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext, ngettext


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text with its values, put into words by `str`, in the language that is active then.

    message, plural: the English texts, as the catalogues know them; with a plural, the value `count` decides.
    values: what is put in by name: a number, a name as it was then, or another sentence.
    """

    message: str
    plural: str = ""
    values: Mapping[str, int | str | Sentence] = field(default_factory=dict)

    def __str__(self) -> str:
        text = gettext(self.message)
        if self.plural:
            text = ngettext(self.message, self.plural, int(str(self.values["count"])))
        return text % {name: str(value) for name, value in self.values.items()} if self.values else text

    def as_json(self) -> dict[str, Any]:
        """As a column of JSON holds it."""
        values = {
            name: value.as_json() if isinstance(value, Sentence) else value
            for name, value in self.values.items()
        }
        return {"message": self.message, "plural": self.plural, "values": values}

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> Sentence:
        """What `as_json` gave."""
        values = {
            name: cls.of_json(value) if isinstance(value, Mapping) else value
            for name, value in kept["values"].items()
        }
        return cls(kept["message"], kept["plural"], values)


def said(message: str, /, **values: int | str | Sentence) -> Sentence:
    """A sentence to be kept. `makemessages` finds its text, as it finds that of `gettext`."""
    return Sentence(message, values=values)


def said_of(singular: str, plural: str, count: int, /, **values: int | str | Sentence) -> Sentence:
    """The same of so many: `%(count)s` in the texts is the number."""
    return Sentence(singular, plural, {"count": count, **values})
