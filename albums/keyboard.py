"""The keys of all pages, as users read them. tests/albums/test_keyboard.py compares them with the scripts."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# How keys are shown that have no character of their own, by their names in scripts (KeyboardEvent.key).
LABELS = {
    "ArrowLeft": "←",
    "ArrowRight": "→",
    "ArrowUp": "↑",
    "ArrowDown": "↓",
    " ": _("Space"),
    "Delete": _("Del"),
    "Escape": "Esc",
    "Enter": _("Enter"),
    "Backspace": "⌫",
    "Control": _("Ctrl"),
    "Shift": _("Shift"),
}


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A key, or several, and what it does. Keys that are pressed together are joined by "+"."""

    keys: tuple[str, ...]
    does: str | Promise

    @property
    def shown(self) -> list[list[str]]:
        """The labels of the keys, those that are pressed together in one list."""
        return [
            [str(LABELS.get(key, key.upper())) for key in (keys.split("+") if len(keys) > 1 else [keys])]
            for keys in self.keys
        ]


@dataclass(frozen=True, slots=True)
class ShortcutGroup:
    """The keys of one kind of page."""

    name: str
    heading: str | Promise
    shortcuts: Sequence[Shortcut]


SHORTCUTS = (
    ShortcutGroup(
        "everywhere",
        _("On every page"),
        (
            Shortcut(("?",), _("Show the keys")),
            Shortcut(("/",), _("Search")),
            Shortcut(("Escape",), _("Close a dialog or menu")),
        ),
    ),
    ShortcutGroup(
        "viewer",
        _("One photo"),
        (
            Shortcut(("ArrowLeft", "ArrowRight"), _("Previous and next photo")),
            Shortcut(("+", "=", "-"), _("Zoom in and out")),
            Shortcut(("0",), _("Whole photo")),
            Shortcut(("f",), _("Favourite")),
            Shortcut(("p",), _("Show the faces")),
            Shortcut(("i",), _("Show the details")),
            Shortcut(("d",), _("Add a face")),
            Shortcut(("l", "r"), _("Turn left and right")),
            Shortcut(("Delete",), _("Move to the bin")),
            Shortcut(("u",), _("Undo")),
            Shortcut(("Escape",), _("Back to the list")),
        ),
    ),
    ShortcutGroup(
        "grid",
        _("Timeline and other lists of photos"),
        (
            Shortcut(("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"), _("Move between photos")),
            Shortcut(("Enter",), _("Open the photo")),
            Shortcut((" ",), _("Select the photo")),
            Shortcut(("Shift+ArrowLeft", "Shift+ArrowRight", "Shift+ "), _("Select a range")),
            Shortcut(("Control+a",), _("Select all")),
            Shortcut(("f",), _("Favourite")),
            Shortcut(("+", "=", "-"), _("Larger and smaller photos")),
            Shortcut(("Escape",), _("Select none")),
        ),
    ),
    ShortcutGroup(
        "search",
        _("Search box"),
        (
            Shortcut(("ArrowUp", "ArrowDown"), _("Move between suggestions")),
            Shortcut(("Enter",), _("Use the suggestion, or search")),
            Shortcut(("Backspace",), _("In an empty box: remove the last filter")),
        ),
    ),
    ShortcutGroup(
        "review",
        _("Review"),
        (
            Shortcut(("y", "ArrowRight"), _("Yes")),
            Shortcut(("n", "ArrowLeft"), _("No")),
            Shortcut(("o",), _("The third answer")),
            Shortcut(("s",), _("Skip")),
            Shortcut(("d",), _("I don't know these people")),
            Shortcut(("1", "2", "3"), _("Mark a face")),
            Shortcut(("w",), _("Show the whole photo")),
            Shortcut(("u",), _("Undo")),
        ),
    ),
    ShortcutGroup(
        "slideshow",
        _("Slideshow"),
        (
            Shortcut(("ArrowLeft", "ArrowRight"), _("Previous and next photo")),
            Shortcut((" ",), _("Play or pause")),
            Shortcut(("f",), _("Full screen")),
            Shortcut(("Escape",), _("Back to the album")),
        ),
    ),
)
