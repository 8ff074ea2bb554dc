"""Messages that are stored and translated when they are read.

A row stores the untranslated text with its values: `gettext` at the time of writing would fix the language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext, ngettext


@dataclass(frozen=True, slots=True)
class Message:
    """A text with its values; `str` translates it into the active language.

    message, plural: the English texts, as in the catalogues; with a plural, the value `count` decides.
    values: inserted by name: a number, a name as it was then, or another message.
    """

    message: str
    plural: str = ""
    values: Mapping[str, int | str | Message] = field(default_factory=dict)

    def __str__(self) -> str:
        text = gettext(self.message)
        if self.plural:
            text = ngettext(self.message, self.plural, int(str(self.values["count"])))
        return text % {name: str(value) for name, value in self.values.items()} if self.values else text

    def as_json(self) -> dict[str, Any]:
        """Return the value of a JSON column."""
        values = {
            name: value.as_json() if isinstance(value, Message) else value
            for name, value in self.values.items()
        }
        return {"message": self.message, "plural": self.plural, "values": values}

    @classmethod
    def of_json(cls, stored: Mapping[str, Any]) -> Message:
        """Return the message of a value that `as_json` returned."""
        values = {
            name: cls.of_json(value) if isinstance(value, Mapping) else value
            for name, value in stored["values"].items()
        }
        return cls(stored["message"], stored["plural"], values)


def message(text: str, /, **values: int | str | Message) -> Message:
    """Return a message to store. `makemessages` collects its text as it does those of `gettext`."""
    return Message(text, values=values)


def message_plural(singular: str, plural: str, count: int, /, **values: int | str | Message) -> Message:
    """Return a message with a plural: `%(count)s` in the texts is the number."""
    return Message(singular, plural, {"count": count, **values})
