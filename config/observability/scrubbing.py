"""Removal of secrets from log lines: tokens in URLs, file names, values of rows.

Trombine logs ids and codes only; this is for messages of libraries, such as the path in Django's and
gunicorn's, the file in an OSError and the row in a Postgres error.
"""

import re

from django.conf import settings

HIDDEN = "…"
# Anyone with the URL of a share link or a one-time sign-in link can use it.
_TOKENS = re.compile(r"(/(?:s|shared|sign-in/once)/)[^/\s?#'\"<>]+")
_QUERIES = re.compile(r"([?&]token=)[^&\s'\"]+")
# OSError: [Errno 2] No such file or directory: 'one' -> 'other'
_FILES = re.compile(
    r"(\[Errno -?\d+\][^:\n]*: )(?:'[^'\n]*'|\"[^\"\n]*\")(?: -> (?:'[^'\n]*'|\"[^\"\n]*\"))?"
)
# psycopg: DETAIL:  Key (owner_id, name)=(1, Ada) already exists. And LINE 1: ... VALUES ('Ada', ...
_ROWS = re.compile(r"^(\s*(?:DETAIL|CONTEXT|LINE \d+):).*$", re.MULTILINE)


def scrub(text: str) -> str:
    """Return `text` with its secrets replaced."""
    for pattern in (_TOKENS, _QUERIES, _FILES):
        text = pattern.sub(rf"\1{HIDDEN}", text)
    text = _ROWS.sub(rf"\1 {HIDDEN}", text)
    # gunicorn's first process logs before there are settings.
    if settings.configured:
        for folder in {str(settings.MEDIA_ROOT), str(settings.UPLOAD_FOLDER)}:
            if folder in text:
                text = re.sub(rf"{re.escape(folder)}/[^\s'\",)\]]*", HIDDEN, text)
    return text
