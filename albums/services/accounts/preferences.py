"""Language and theme of an account."""

from django.contrib.auth.models import User

from albums.models import Preferences


def preferences_of(user_id: int) -> Preferences:
    """Return the preferences of an account, or the defaults."""
    return Preferences.objects.filter(user_id=user_id).first() or Preferences(user_id=user_id)


def preferences_set(*, user: User, language: str, theme: str) -> Preferences:
    """Change the preferences of an account. Raises ValidationError for an unknown language or theme."""
    preferences = preferences_of(user.pk)
    preferences.language, preferences.theme = language, theme
    preferences.full_clean()
    preferences.save()
    return preferences
