"""What never stands in a log, whoever wrote the line: secrets in addresses, names of files, values of rows.

Our own lines hold ids and codes to begin with. These are for the lines of others: Django names the address
that it refused, gunicorn the one at which a connection broke, an OSError the file, Postgres the row.
"""

import re

from django.conf import settings

HIDDEN = "…"
# Share links and one-time sign-ins: who has the address is in.
_TOKENS = re.compile(r"(/(?:s|shared|sign-in/once)/)[^/\s?#'\"<>]+")
_QUERIES = re.compile(r"([?&]token=)[^&\s'\"]+")
# OSError: [Errno 2] No such file or directory: 'one' -> 'other'
_FILES = re.compile(
    r"(\[Errno -?\d+\][^:\n]*: )(?:'[^'\n]*'|\"[^\"\n]*\")(?: -> (?:'[^'\n]*'|\"[^\"\n]*\"))?"
)
# psycopg: DETAIL:  Key (owner_id, name)=(1, Ada) already exists. And LINE 1: ... VALUES ('Ada', ...
_ROWS = re.compile(r"^(\s*(?:DETAIL|CONTEXT|LINE \d+):).*$", re.MULTILINE)


def scrubbed(text: str) -> str:
    """`text` without them."""
    text = _TOKENS.sub(rf"\1{HIDDEN}", text)
    text = _QUERIES.sub(rf"\1{HIDDEN}", text)
    text = _FILES.sub(rf"\1{HIDDEN}", text)
    text = _ROWS.sub(rf"\1 {HIDDEN}", text)
    # gunicorn's first process logs before there are settings.
    if settings.configured:
        for folder in {str(settings.MEDIA_ROOT), str(settings.UPLOAD_FOLDER)}:
            if folder in text:
                text = re.sub(rf"{re.escape(folder)}/[^\s'\",)\]]*", HIDDEN, text)
    return text
