"""The largest body that a request may have, known before anything of it is stored.

A view that takes files names its limit by `takes_bodies`; all others have the ordinary one. The web server
asks before it reads a large body (config.web_server.body_check); behind another server, the announced length
is checked before the body is read.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from albums.error_messages import refusal_message
from albums.exceptions import LinkError, RefusalCode, UploadRefused
from albums.http.current_user import current_user
from albums.http.request_limits import MalformedRequest
from albums.services.arranging.share_links import lookalike_check, share_link_open
from albums.services.core.limits import STUDIO_MOST_BYTES
from albums.services.uploading.room_checks import upload_room_check
from config.web_server.body_check import BODY_LENGTH

View = TypeVar("View", bound=Callable[..., HttpResponseBase])
AnyResponse = TypeVar("AnyResponse", bound=HttpResponse)
BodyLimit = Callable[..., int]
"""Takes the request, the announced length and the view's arguments; may raise UploadRefused."""

VISITOR_BYTES = 2**20
"""Of visitors, who may send a password or a search. No smaller body is checked."""
PICTURES_BYTES = 2 * STUDIO_MOST_BYTES + 4 * 2**20
"""Two pictures of the studio, and the fields of their form."""
_ATTRIBUTE = "body_limit"


class BodyRefused(MalformedRequest):
    """A request whose body is too large, or for which there is no room."""

    def __init__(self, status: HTTPStatus, code: str, message: str) -> None:
        super().__init__(code, message)
        self.status = status


def is_question(request: HttpRequest) -> bool:
    """Return True for the web server's question about a body, which must not be carried out."""
    return BODY_LENGTH in request.META


def body_check(request: HttpRequest, limit_for: BodyLimit, **arguments: Any) -> int:
    """Return the largest body that a view takes. Raises BodyRefused for a larger one.

    A small body is not checked further, unless the web server asks.
    """
    length = _announced(request)
    if length <= VISITOR_BYTES and not is_question(request):
        return VISITOR_BYTES
    try:
        limit = limit_for(request, length, **arguments)
    except UploadRefused as refusal:
        message = refusal_message(refusal.code, refusal.values)
        raise BodyRefused(HTTPStatus.INSUFFICIENT_STORAGE, str(refusal.code), message) from refusal
    if length > limit:
        message = _("The request is too large: at most %(most)s MB are allowed here.")
        message %= {"most": _megabytes(limit)}
        raise BodyRefused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, str(RefusalCode.TOO_LARGE), message)
    return limit


def body_allow(response: AnyResponse, limit: int) -> AnyResponse:
    """Make a response answer the web server's question: a body of so many bytes may come."""
    response.body_limit = limit  # type: ignore[attr-defined]  # read by config.web_server
    return response


def takes_bodies(limit: BodyLimit) -> Callable[[View], View]:
    """Decorate a view that takes larger bodies than others."""

    def decorated(view: View) -> View:
        setattr(view, _ATTRIBUTE, limit)
        return view

    return decorated


def limit_of(view: object) -> BodyLimit:
    """Return the limit of a view."""
    limit: BodyLimit = getattr(view, _ATTRIBUTE, ordinary)
    return limit


def ordinary(request: HttpRequest, length: int, **arguments: Any) -> int:
    """The limit of forms and JSON: for accounts what Django reads into memory."""
    del length, arguments
    return settings.DATA_UPLOAD_MAX_MEMORY_SIZE if request.user.is_authenticated else VISITOR_BYTES


def pictures(request: HttpRequest, length: int, **arguments: Any) -> int:
    """The limit of pictures that are not stored in the library."""
    return PICTURES_BYTES if request.user.is_authenticated else ordinary(request, length, **arguments)


def pictures_through_link(request: HttpRequest, length: int, *, token: str) -> int:
    """The limit of a visitor's picture, if the link allows a search with it."""
    try:
        lookalike_check(share_link_open(token, tickets=request.session))
    except LinkError:
        return ordinary(request, length)
    return PICTURES_BYTES


def pieces(request: HttpRequest, length: int, **arguments: Any) -> int:
    """The limit of a piece of a file."""
    if not request.user.is_authenticated:
        return ordinary(request, length, **arguments)
    return settings.UPLOAD_PIECE_BYTES


def photos(request: HttpRequest, length: int, **arguments: Any) -> int:
    """The limit of photos and zips in one request. Raises UploadRefused for a full account or disk."""
    if not request.user.is_authenticated:
        return ordinary(request, length, **arguments)
    upload_room_check(owner=current_user(request), size=length)
    return int(settings.UPLOAD_MOST_MB) * 2**20


def _announced(request: HttpRequest) -> int:
    """Return the announced length of the body; 0 if there is none."""
    length = request.META.get(BODY_LENGTH, request.META.get("CONTENT_LENGTH"))
    try:
        return max(0, int(length or 0))
    except ValueError:
        return 0


def _megabytes(size: int) -> str:
    megabytes = size / 2**20
    return f"{megabytes:.0f}" if megabytes >= 10 else f"{megabytes:.3g}"
