"""The account of a session, found by queries that are written out.

Django takes five times as long to build these queries as Postgres to run them, and every page has them.
"""

from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.utils.crypto import constant_time_compare

SESSION = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > now()"
FIELDS = tuple(field.attname for field in User._meta.concrete_fields)  # noqa: SLF001 - documented, in spite of its name
ACCOUNT = f"SELECT {', '.join(FIELDS)} FROM auth_user WHERE id = %s AND is_active"  # noqa: S608  # nosec B608 - names of columns


class SessionUser(NamedTuple):
    """An account that is signed in, and the data of its session."""

    user: User
    session: dict[str, Any]


def session_user(key: str) -> SessionUser | None:
    """Return the account that is signed in by a session, or None if Django's middleware must decide.

    The conditions are those of `django.contrib.auth.get_user`.
    """
    with connection.cursor() as cursor:
        cursor.execute(SESSION, [key])
        if (row := cursor.fetchone()) is None:
            return None
        session = SessionStore(key).decode(row[0])
        if session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
            return None
        cursor.execute(ACCOUNT, [session[SESSION_KEY]])
        if (row := cursor.fetchone()) is None:
            return None
    user = User.from_db(None, FIELDS, row)
    if not constant_time_compare(session.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash()):
        return None
    return SessionUser(user, session)
