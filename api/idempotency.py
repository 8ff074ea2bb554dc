"""Requests that may be sent again: with the same `Idempotency-Key` they are carried out once.

A program whose line was cut does not know whether its request was carried out. It sends it again under the
same key, and gets the answer that it missed. Keys are an account's own and are kept for a day.

What a request does and the answer to it are written in one transaction: there is never one without the other.
A second request under the same key waits in the database until the first has ended, and then has its answer.
"""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from http import HTTPStatus

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from api.exceptions import Unprocessable
from api.models import IdempotentRequest

HEADER = "Idempotency-Key"
REPLAYED_HEADER = "Idempotent-Replayed"
MOST_LETTERS = 200
LETTERS = re.compile(r"[!-~]+")
KEPT_FOR = timedelta(days=1)


class Replayed(Exception):
    """A request that was carried out before; `response` is what was answered."""

    def __init__(self, kept: IdempotentRequest) -> None:
        super().__init__(kept.key)
        self.response = Response(kept.body, status=kept.status, headers={REPLAYED_HEADER: "true"})


WRITING = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def has_key(request: HttpRequest | Request) -> bool:
    """Whether a request wants to be carried out once."""
    return request.method in WRITING and HEADER in request.headers


def request_claim(*, user: User, request: Request) -> IdempotentRequest:
    """Take the key of a request, inside the transaction in which it is carried out.

    Raises Replayed when it was carried out before, ValidationError for what is no key, and Unprocessable for
    a key under which something else was asked.
    """
    key, digest = request.headers.get(HEADER, ""), _digest(request)
    if len(key) > MOST_LETTERS or not LETTERS.fullmatch(key):
        raise ValidationError({HEADER: [_("A key has 1 to %(most)d letters.") % {"most": MOST_LETTERS}]})
    IdempotentRequest.objects.filter(user=user, at__lt=timezone.now() - KEPT_FOR).delete()
    try:
        with transaction.atomic():
            return IdempotentRequest.objects.create(user=user, key=key, digest=digest)
    except IntegrityError:
        # There is one, which has been answered: its transaction has ended, or this line would still wait.
        pass
    kept = IdempotentRequest.objects.get(user=user, key=key)
    if kept.digest != digest:
        raise Unprocessable(_("Something else was asked under this key."), code="idempotency_key_reused")
    raise Replayed(kept)


def answer_keep(*, claim: IdempotentRequest, response: Response) -> None:
    """Write down what was answered."""
    if response.status_code < HTTPStatus.BAD_REQUEST:
        # No `save`: with an account that was deleted its keys are gone.
        kept = IdempotentRequest.objects.filter(pk=claim.pk)
        kept.update(status=response.status_code, body=response.data)
    # Else nothing was done: the transaction is rolled back, and the key with it. It may be asked again.


def _digest(request: Request) -> str:
    """Of what is asked. Of a file that is sent only the length: reading it here would use it up."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    kind = request.content_type or ""
    if kind.startswith("application/json"):
        digest.update(request._request.body)  # noqa: SLF001 - DRF reads it from there, too
    else:
        digest.update(f"{kind.partition(';')[0]} {request.headers.get('Content-Length', '')}".encode())
    return digest.hexdigest()
