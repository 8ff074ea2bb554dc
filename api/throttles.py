"""Rate limits per minute, per account or visitor address, and per kind of request.

They are generous for programs that fetch a library, and strict for requests that take much processor time.
The counts are rows of the database: requests do not need the cache.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from albums.http.client_address import client_address
from albums.services.core.throttling import request_count
from config.outages import writing_if_possible

if TYPE_CHECKING:
    from rest_framework.views import APIView

READ, WRITE, UPLOAD, FACES, FRAMES, VISITOR = "read", "write", "upload", "faces", "frames", "visitor"


class KindThrottle(BaseThrottle):
    """Applies the limit of the view's `throttle_kind`, else the one for reading or writing."""

    seconds = 0.0

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Return whether the request is within the limit."""
        kind = self._kind(request, view)
        most = int(settings.API_RATES[kind].removesuffix("/min"))
        # One counter per account, with any token or session, or per address.
        client = request.user.pk if request.user.is_authenticated else client_address(request._request)  # noqa: SLF001 - as in ApiView
        with writing_if_possible():
            self.seconds = request_count(f"{kind}:{client}", most=most, seconds=60)
        return not self.seconds

    def wait(self) -> float | None:
        """Return the seconds until the next request is within the limit."""
        return self.seconds or None

    @staticmethod
    def _kind(request: Request, view: APIView) -> str:
        if not request.user.is_authenticated:
            return VISITOR
        own: str | None = getattr(view, "throttle_kind", None)
        return own or (READ if request.method in SAFE_METHODS else WRITE)
