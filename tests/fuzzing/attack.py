"""Requests, each sent in a transaction that is rolled back, so that all meet the same rows."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signals import got_request_exception
from django.db import connection, transaction
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

Pairs = list[tuple[str, Any]]
SERVER_ERROR = 500
# An unavailable service and a full disk are no defects.
EXPECTED = {503, 507}
FOREIGN = ("site-packages", "/lib/python")


@dataclass
class Attack:
    """A request. `target` names the operation or page; `fields` are sent as a form, `body` as it is."""

    target: str
    method: str
    path: str
    query: Pairs = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    content_type: str = ""
    body: bytes = b""
    fields: Pairs | None = None

    def encoded(self) -> tuple[bytes, str]:
        """The body and its type."""
        if self.fields is None:
            return self.body, self.content_type
        if any(isinstance(value, SimpleUploadedFile) for _name, value in self.fields):
            return encode_multipart(BOUNDARY, _grouped(self.fields)), MULTIPART_CONTENT
        return form_encoded(self.fields), "application/x-www-form-urlencoded"

    def __str__(self) -> str:
        """All that is needed to send it again."""
        body, content_type = self.encoded()
        query = f"?{form_encoded(self.query).decode()}" if self.query else ""
        extra = {**self.headers, **({"Cookie": str(self.cookies)} if self.cookies else {})}
        return f"{self.method} {self.path}{query} {extra or ''} {content_type} {body[:300]!r}"[:1500]


@dataclass(frozen=True)
class Fault:
    """An answer of 500 and above: who sent what, and where in the program it ended."""

    who: str
    attack: Attack
    status: int
    error: str

    @property
    def kind(self) -> str:
        """The exception and its place, which faults of one cause share."""
        return self.error or f"{self.status} {self.attack.target}"

    def __str__(self) -> str:
        return f"{self.status} for {self.who}: {self.attack}\n    {self.error}"


def form_encoded(pairs: Pairs) -> bytes:
    """The pairs as a query string, lone surrogates as the bytes that UTF-8 does not allow."""
    return urlencode([(name, str(value)) for name, value in pairs], errors="surrogatepass").encode()


def path_encoded(text: object) -> str:
    """A part of a path; what would end it is encoded."""
    return quote(str(text), safe="", errors="surrogatepass")


def json_encoded(value: Any) -> bytes:
    """The value as JSON; infinite numbers are written as numbers too large for a double."""
    return json.dumps(value).replace("-Infinity", "-1e400").replace(" Infinity", " 1e400").encode()


def _grouped(fields: Pairs) -> dict[str, Any]:
    grouped: dict[str, Any] = {}
    for name, value in fields:
        text = value if isinstance(value, SimpleUploadedFile) else _utf8(value)
        grouped.setdefault(_utf8(name), []).append(text)
    return grouped


def _utf8(value: object) -> str:
    return str(value).encode(errors="replace").decode()


class Sender:
    """Sends requests as one account, or without one."""

    def __init__(self, who: str, client: Client, headers: dict[str, str] | None = None) -> None:
        self.who, self.client, self.headers = who, client, headers or {}
        self.client.raise_request_exception = False
        # A request may sign out: the next one is signed in again.
        self._jar = {name: morsel.value for name, morsel in self.client.cookies.items()}

    def send(self, attack: Attack) -> Fault | None:
        """Send a request; returns a fault if the answer is one."""
        body, content_type = attack.encoded()
        self.client.cookies.clear()
        cookie = "; ".join(f"{name}={value}" for name, value in {**self._jar, **attack.cookies}.items())
        # As a server hands it on: the bytes of a header as Latin-1.
        headers = {**self.headers, **({"Cookie": cookie} if cookie else {}), **attack.headers}
        with errors() as found, rolled_back():
            answer = self.client.generic(
                attack.method,
                attack.path,
                body,
                content_type or "application/octet-stream",
                query_string=form_encoded(attack.query).decode(),
                headers={name: _latin(value) for name, value in headers.items()},
            )
            if answer.streaming:
                # Read to its end, where the test client closes it without the connection of the transaction.
                answer.getvalue()
        if connection.connection is None or connection.connection.closed:
            raise AssertionError(f"The connection of the transaction was closed by: {attack}")
        if answer.status_code < SERVER_ERROR or answer.status_code in EXPECTED:
            return None
        return Fault(self.who, attack, answer.status_code, "; ".join(found))


def _latin(text: str) -> str:
    return text.encode(errors="replace").decode("latin-1")


@contextmanager
def rolled_back() -> Iterator[None]:
    """Undo what happens in the database."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def errors() -> Iterator[list[str]]:
    """The exceptions that end a request, with the place where each was raised."""
    found: list[str] = []

    def note(*, request: Any = None, **_kwargs: object) -> None:
        found.append(described())

    got_request_exception.connect(note)
    try:
        yield found
    finally:
        got_request_exception.disconnect(note)


def described() -> str:
    """The exception at hand in one line: its type, its text and the last line of ours that it passed."""
    kind, error, trace = sys.exc_info()
    frames = traceback.extract_tb(trace)
    own = [frame for frame in frames if not any(part in frame.filename for part in FOREIGN)]
    last = (own or frames)[-1]
    name = "/".join(last.filename.split("/")[-3:])
    return f"{getattr(kind, '__name__', kind)}: {str(error)[:200]} ({name}:{last.lineno})"
