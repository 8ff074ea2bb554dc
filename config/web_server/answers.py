"""Call the WSGI application in a thread, and take its response as far as the thread is needed."""

import contextlib
import contextvars
import io
import logging
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from config.web_server.environ import Environ, FileWrapper

logger = logging.getLogger(__name__)

Application = Callable[[Environ, Any], Iterable[bytes]]
Headers = list[tuple[str, str]]

# Smaller files are read at once: opening, sending and closing them in turns takes longer.
SMALL_FILE_BYTES = 2**18


@dataclass(frozen=True, slots=True)
class FilePart:
    """The bytes of an open file to send."""

    descriptor: int
    offset: int
    count: int


@dataclass(slots=True)
class Answer:
    """A response. `body` is all of it, a part of a file, or chunks that are made only when they are sent.

    close: must be called after the body was sent, also when it was not; None if that has been done.
    body_limit: of an answer to the question of `body_check`. context: that of the request, for the chunks.
    """

    status: int
    reason: str
    headers: Headers
    body: bytes | FilePart | Iterable[bytes] = b""
    close: Callable[[], None] | None = None
    body_limit: int | None = None
    context: contextvars.Context = field(default_factory=contextvars.copy_context)


def plain_answer(status: HTTPStatus, text: str, *, retry_after: int | None = None) -> Answer:
    """Return an answer of the server itself, in English as it knows no account."""
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store")]
    if retry_after is not None:
        headers.append(("Retry-After", str(retry_after)))
    return Answer(status, status.phrase, headers, f"{text}\n".encode())


def answer_of(application: Application, environ: Environ) -> Answer:
    """Call the application; an exception becomes an answer, and is logged."""
    started: list[tuple[str, Headers]] = []

    def start_response(status: str, headers: Headers, exc_info: object = None) -> Callable[[bytes], None]:
        del exc_info
        started[:] = [(status, list(headers))]
        return _no_write

    try:
        result = application(environ, start_response)
        status, headers = started[0]
        code, _, reason = status.partition(" ")
        answer = Answer(
            int(code),
            reason,
            headers,
            close=getattr(result, "close", None),
            context=contextvars.copy_context(),
        )
        answer.body_limit = getattr(result, "body_limit", None)
        _take_body(answer, result, without=environ["REQUEST_METHOD"] == "HEAD")
    except Exception:
        logger.exception("The application raised an exception")
        return plain_answer(HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong.")
    return answer


def _take_body(answer: Answer, result: Any, *, without: bool) -> None:
    """Set the body of an answer; what is short is read, so that nothing stays open."""
    if without:
        answer_close(answer)
    elif isinstance(result, FileWrapper):
        part = _file_part(result.file, answer.headers)
        if part is None:
            answer.body = iter(lambda: result.file.read(result.block_size), b"")
        elif part.count <= SMALL_FILE_BYTES:
            answer.body = os.pread(part.descriptor, part.count, part.offset)
            answer_close(answer)
        else:
            answer.body = part
    elif isinstance(result, list | tuple) or not getattr(result, "streaming", True):
        answer.body = b"".join(result)
        answer_close(answer)
    else:
        answer.body = result


def answer_close(answer: Answer) -> None:
    """Close the response of the application, once."""
    close, answer.close = answer.close, None
    if close is not None:
        close()


def _file_part(file: Any, headers: Headers) -> FilePart | None:
    """Return what is to be sent of a file of the system; None for another kind of file."""
    try:
        descriptor, offset = file.fileno(), file.tell()
    except (AttributeError, io.UnsupportedOperation):
        return None
    count = os.fstat(descriptor).st_size - offset
    for name, value in headers:
        if name.lower() == "content-length":
            with contextlib.suppress(ValueError):
                count = min(count, int(value))
    return FilePart(descriptor, offset, max(0, count))


def _no_write(data: bytes) -> None:
    del data
    raise NotImplementedError("This server has no `write` of PEP 3333: return the body.")
