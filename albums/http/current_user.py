"""The signed-in account of a request."""

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest


def current_user(request: HttpRequest) -> User:
    """Return the signed-in account. Refuses visitors, so that a forgotten `login_required` leaks nothing."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
