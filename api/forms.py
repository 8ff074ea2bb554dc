"""The form for API tokens."""

from datetime import datetime, timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from albums.validators import validate_plain_text
from api.models import ApiToken

DAYS = (("30", _("30 days")), ("90", _("90 days")), ("365", _("1 year")), ("", _("Until revoked")))


class TokenForm(forms.Form):
    """A new API token."""

    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        validators=[validate_plain_text],
        help_text=_("What the token is for."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    scopes = forms.MultipleChoiceField(
        label=_("Permissions"),
        choices=ApiToken.Scope.choices,
        initial=[ApiToken.Scope.READ],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Select at least one permission.")},
    )
    days = forms.ChoiceField(label=_("Valid for"), choices=DAYS, required=False, initial="90")

    def __init__(self, *args: object, staff: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        scopes = self.fields["scopes"]
        if not staff and isinstance(scopes, forms.MultipleChoiceField):
            scopes.choices = [one for one in ApiToken.Scope.choices if one[0] != ApiToken.Scope.ADMIN]

    def expires_at(self) -> datetime | None:
        """Return the time of expiry, None for never."""
        days: str = self.cleaned_data["days"]
        return timezone.now() + timedelta(days=int(days)) if days else None
