"""Forms in which an owner says when and where photos were taken, and what they show: of one or of many."""

from abc import ABCMeta, abstractmethod
from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.forms.forms import DeclarativeFieldsMetaclass
from django.utils.translation import gettext as _

from albums.models import PhotoChange
from albums.services.arranging.capture_times import ImplausibleDate, capture_of_owner
from albums.services.arranging.tags import tags_of_text
from albums.services.editing.instructions import (
    Instruction,
    dates_set,
    dates_shift,
    descriptions_set,
    photos_turn,
    positions_set,
    tags_change,
    tags_set,
    values_reset,
)
from albums.services.editing.town_names import position_called

FURTHEST_DAYS = 365 * 250
QUARTER_TURNS = {"left": -1, "right": 1}
SET, SHIFT, UNKNOWN, FILE = "", "shift", "unknown", "file"


class AbstractForms(DeclarativeFieldsMetaclass, ABCMeta):
    """The type of forms with abstract methods."""


class EditForm(forms.Form, metaclass=AbstractForms):
    """A form with `how`: empty for what is typed, `unknown`, or `file` for what the file says."""

    kind: ClassVar[PhotoChange.Kind]
    hows: ClassVar[frozenset[str]] = frozenset({SET, UNKNOWN, FILE})

    how = forms.CharField(required=False, max_length=16)

    def clean_how(self) -> str:
        """Refuse another word."""
        how: str = self.cleaned_data["how"]
        if how not in self.hows:
            raise forms.ValidationError(_("The form is incomplete."), code="incomplete")
        return how

    @property
    def problems(self) -> str:
        """The errors in one line, each once."""
        texts = [str(error) for errors in self.errors.values() for error in errors]
        return " ".join(dict.fromkeys(texts))

    def instruction(self, by: User) -> Instruction:
        """Return the change that a valid form says."""
        if self.cleaned_data["how"] == FILE:
            return values_reset(kind=self.kind)
        return self.new_values(by)

    @abstractmethod
    def new_values(self, by: User) -> Instruction:
        """Return the change to what is typed."""


class DateEditForm(EditForm):
    """When photos were taken: a date with or without a time, or a shift of the present ones."""

    kind = PhotoChange.Kind.DATE
    hows = frozenset({SET, SHIFT, UNKNOWN, FILE})

    date = forms.DateField(required=False)
    time = forms.TimeField(required=False)
    keeps_time = forms.BooleanField(required=False)
    earlier = forms.BooleanField(required=False)
    days = forms.IntegerField(required=False, min_value=0, max_value=FURTHEST_DAYS)
    hours = forms.IntegerField(required=False, min_value=0, max_value=10_000)
    minutes = forms.IntegerField(required=False, min_value=0, max_value=100_000)

    def clean(self) -> dict[str, Any]:
        """Add `captured` or `delta`."""
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        if cleaned["how"] == SHIFT:
            delta = timedelta(**{unit: cleaned[unit] or 0 for unit in ("days", "hours", "minutes")})
            cleaned["delta"] = -delta if cleaned["earlier"] else delta
            if not delta:
                raise forms.ValidationError(_("Enter by how much the dates move."), code="required")
        elif cleaned["how"] == SET:
            day, clock = cleaned["date"], cleaned["time"]
            if day is None:
                raise forms.ValidationError(_("Enter a date."), code="required")
            try:
                text = f"{day.isoformat()}T{clock.isoformat()}" if clock else day.isoformat()
                cleaned["captured"] = capture_of_owner(text)
            except ImplausibleDate as error:
                raise forms.ValidationError(_("This is in the future, or before photography.")) from error
        return cleaned

    def new_values(self, by: User) -> Instruction:  # noqa: ARG002 - only tags depend on their owner
        """Set or move the dates."""
        data = self.cleaned_data
        if data["how"] == SHIFT:
            return dates_shift(delta=data["delta"])
        keeps_time = data["keeps_time"] and not data["time"]
        return dates_set(captured=data.get("captured"), keeps_time=keeps_time)


class PlaceEditForm(EditForm):
    """The place of photos: a town, or latitude and longitude."""

    kind = PhotoChange.Kind.PLACE

    place = forms.CharField(required=False, max_length=200)

    def clean(self) -> dict[str, Any]:
        """Add `position`."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and cleaned["how"] == SET:
            if not cleaned["place"]:
                raise forms.ValidationError(_("Enter a town, or a position."), code="required")
            cleaned["position"] = position_called(cleaned["place"])
        return cleaned

    def new_values(self, by: User) -> Instruction:  # noqa: ARG002 - only tags depend on their owner
        """Set the position."""
        return positions_set(position=self.cleaned_data.get("position"))


class DescriptionEditForm(EditForm):
    """The description of photos, which may be empty."""

    kind = PhotoChange.Kind.DESCRIPTION
    hows = frozenset({SET, FILE})

    description = forms.CharField(max_length=5000, required=False)

    def new_values(self, by: User) -> Instruction:  # noqa: ARG002 - only tags depend on their owner
        """Set the description."""
        return descriptions_set(description=self.cleaned_data["description"])


class TagsEditForm(EditForm):
    """Tags: those to add and to remove; or `tags`, all that the photos shall have (`how`: all)."""

    kind = PhotoChange.Kind.TAGS
    hows = frozenset({SET, "all"})

    tags = forms.CharField(required=False, max_length=5000)
    remove = forms.CharField(required=False, max_length=5000)

    def clean_tags(self) -> list[str]:
        """Return the tags."""
        return tags_of_text(self.cleaned_data["tags"])

    def clean_remove(self) -> list[str]:
        """Return the tags."""
        return tags_of_text(self.cleaned_data["remove"])

    def clean(self) -> dict[str, Any]:
        """Require a tag, unless all may be removed."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and cleaned["how"] == SET and not (cleaned["tags"] or cleaned["remove"]):
            raise ValidationError(_("Enter a tag."), code="required")
        return cleaned

    def new_values(self, by: User) -> Instruction:
        """Change the tags."""
        data = self.cleaned_data
        if data["how"] == "all":
            return tags_set(tags=data["tags"], by=by)
        return tags_change(by=by, add=data["tags"], remove=data["remove"])


class TurnForm(EditForm):
    """A quarter turn. POST: to (left or right)."""

    kind = PhotoChange.Kind.TURN
    hows = frozenset({SET})

    to = forms.CharField(required=False)

    def clean_to(self) -> int:
        """Return the quarter turns clockwise."""
        quarters = QUARTER_TURNS.get(self.cleaned_data["to"])
        if quarters is None:
            raise forms.ValidationError(_("The form is incomplete."), code="incomplete")
        return quarters

    def new_values(self, by: User) -> Instruction:  # noqa: ARG002 - only tags depend on their owner
        """Turn the photos."""
        return photos_turn(quarters=self.cleaned_data["to"])
