"""Idempotency keys: a request repeated with the same `Idempotency-Key` within a day is carried out once.

A request and its response are stored in one transaction, for which a second request with the key waits.
"""

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
MAX_KEY_LENGTH = 200
VALID_KEY = re.compile(r"[!-~]+")
LIFETIME = timedelta(days=1)
WRITE_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class Replayed(Exception):
    """A request that was carried out before; `response` is the stored response."""

    def __init__(self, stored: IdempotentRequest) -> None:
        super().__init__(stored.key)
        self.response = Response(stored.body, status=stored.status, headers={REPLAYED_HEADER: "true"})


def has_key(request: HttpRequest | Request) -> bool:
    """Return whether a request has an idempotency key that applies."""
    return request.method in WRITE_METHODS and HEADER in request.headers


def request_claim(*, user: User, request: Request) -> IdempotentRequest:
    """Reserve the key of a request, inside the transaction in which it is carried out.

    Raises Replayed when the request was carried out before, ValidationError for an invalid key, and
    Unprocessable for a key that was used for another request.
    """
    key, digest = request.headers.get(HEADER, ""), _digest(request)
    if len(key) > MAX_KEY_LENGTH or not VALID_KEY.fullmatch(key):
        message = _("A key consists of 1 to %(most)d printable ASCII characters.")
        raise ValidationError({HEADER: [message % {"most": MAX_KEY_LENGTH}]})
    IdempotentRequest.objects.filter(user=user, at__lt=timezone.now() - LIFETIME).delete()
    try:
        with transaction.atomic():
            return IdempotentRequest.objects.create(user=user, key=key, digest=digest)
    except IntegrityError:
        # The other request has a response: this insert waited for the end of its transaction.
        pass
    stored = IdempotentRequest.objects.get(user=user, key=key)
    if stored.digest != digest:
        raise Unprocessable(_("This key was used for another request."), code="idempotency_key_reused")
    raise Replayed(stored)


def response_store(*, claim: IdempotentRequest, response: Response) -> None:
    """Store a successful response. After an error the transaction is rolled back, with the key."""
    if response.status_code < HTTPStatus.BAD_REQUEST:
        # An update, because the row is deleted together with its account.
        rows = IdempotentRequest.objects.filter(pk=claim.pk)
        rows.update(status=response.status_code, body=response.data)


def _digest(request: Request) -> str:
    """Return a hash of the request. It covers only the length of a file, which can be read once only."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    kind = request.content_type or ""
    if kind.startswith("application/json"):
        digest.update(request._request.body)  # noqa: SLF001 - DRF reads it from there, too
    else:
        digest.update(f"{kind.partition(';')[0]} {request.headers.get('Content-Length', '')}".encode())
    return digest.hexdigest()
