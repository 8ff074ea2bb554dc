"""Rate limits per minute, per account or visitor address, and per kind of request.

They are generous for programs that fetch a library, and strict for requests that take much processor time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from albums.http.client_address import client_address

if TYPE_CHECKING:
    from rest_framework.views import APIView

READ, WRITE, UPLOAD, FACES, FRAMES, VISITOR = "read", "write", "upload", "faces", "frames", "visitor"


class KindThrottle(SimpleRateThrottle):
    """Applies the limit of the view's `throttle_kind`, else the one for reading or writing."""

    def __init__(self) -> None:
        # The base class reads the rate here; it depends on the request.
        pass

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Return whether the request is within the limit."""
        self.scope = self._kind(request, view)
        self.rate = settings.API_RATES[self.scope]
        self.num_requests, self.duration = self.parse_rate(self.rate)
        return super().allow_request(request, view)

    def get_cache_key(self, request: Request, view: APIView) -> str:
        """Return the key of the counter: one per account, with any token or session, or per address."""
        del view
        client = request.user.pk if request.user.is_authenticated else client_address(request._request)  # noqa: SLF001 - as in ApiView
        return self.cache_format % {"scope": self.scope, "ident": client}

    @staticmethod
    def _kind(request: Request, view: APIView) -> str:
        if not request.user.is_authenticated:
            return VISITOR
        own: str | None = getattr(view, "throttle_kind", None)
        return own or (READ if request.method in SAFE_METHODS else WRITE)
