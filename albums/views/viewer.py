"""Who is looking: the account behind a request that `login_required` let through."""

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest


def viewer(request: HttpRequest) -> User:
    """Return the signed-in account. A visitor is refused, so that a forgotten decorator leaks nothing."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
