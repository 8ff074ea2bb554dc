"""The account of a session, found without the session and authentication middleware."""

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.utils.crypto import constant_time_compare

SESSION = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > now()"
FIELDS = ("id", "password", "is_active")
ACCOUNT = "SELECT id, password, is_active FROM auth_user WHERE id = %s AND is_active"


def session_user(key: str) -> User | None:
    """Return the account that is signed in by a session, or None if Django's middleware must decide.

    The conditions are those of `django.contrib.auth.get_user`. Its queries are written out: Django takes five
    times as long to build them as to run them. Other fields of the account are loaded when they are used.
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
    return user
