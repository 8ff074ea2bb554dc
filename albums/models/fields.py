"""Fields of the models."""

from typing import Any

from django.db import models
from django.db.models.lookups import IExact

from albums.validators import plain_name


class NameField(models.CharField):  # type: ignore[type-arg]  # as in Django's own models
    """A name, in the one form in which it is stored and looked up: see `plain_name`.

    So every way in, and every query, has the same form. Migrations see Django's own field.
    """

    def deconstruct(self) -> tuple[Any, Any, Any, Any]:
        """Name Django's field, whose column this is."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        """Validate a name as it is written, then as it is stored, which may be longer."""
        value = super().clean(value, model_instance)
        name = plain_name(value)
        return value if name == value else super().clean(name, model_instance)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: FBT001 - Django's signature
        """Set the form that is stored on the row, too."""
        value = super().pre_save(model_instance, add)
        if isinstance(value, str):
            value = plain_name(value)
            setattr(model_instance, self.attname, value)
        return value

    def get_prep_value(self, value: Any) -> Any:
        """Return the name as it is stored."""
        value = super().get_prep_value(value)
        return plain_name(value) if isinstance(value, str) else value


@NameField.register_lookup
class NameIExact(IExact):
    """The lookup of a name in any case; Django's own does not prepare the name."""

    prepare_rhs = True
