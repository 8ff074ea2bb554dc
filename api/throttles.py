"""How much one account, or one visitor's address, may ask in a minute: each kind of request for itself.

Generous for a program that fetches a library, and tight for what costs a processor its time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

if TYPE_CHECKING:
    from rest_framework.views import APIView

READ, WRITE, UPLOAD, FACES, VISITOR = "read", "write", "upload", "faces", "visitor"


class KindThrottle(SimpleRateThrottle):
    """Counts by what a view says of itself in `throttle_kind`; else by the method: read or write."""

    def __init__(self) -> None:
        # The rate is known once the request is.
        pass

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Whether there is room for another one in this minute."""
        self.scope = self._kind(request, view)
        self.rate = settings.API_RATES[self.scope]
        self.num_requests, self.duration = self.parse_rate(self.rate)
        return super().allow_request(request, view)

    def get_cache_key(self, request: Request, view: APIView) -> str:
        """Of whom it is counted: the account, whatever token or session speaks for it, or the address."""
        del view
        who = request.user.pk if request.user.is_authenticated else self.get_ident(request)
        return self.cache_format % {"scope": self.scope, "ident": who}

    @staticmethod
    def _kind(request: Request, view: APIView) -> str:
        if not request.user.is_authenticated:
            return VISITOR
        own: str | None = getattr(view, "throttle_kind", None)
        return own or (READ if request.method in SAFE_METHODS else WRITE)
