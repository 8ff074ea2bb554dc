"""The WSGI environment of a request (PEP 3333)."""

import io
import os
import sys
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from aiohttp.web_request import BaseRequest
from gunicorn.config import Config

Environ = dict[str, Any]

# Of these, a proxy may send several lines that belong together; of cookies the separator is another one.
_SEPARATORS = {"HTTP_COOKIE": "; "}
_PLAIN = {"CONTENT-TYPE": "CONTENT_TYPE", "CONTENT-LENGTH": "CONTENT_LENGTH"}


class FileWrapper:
    """A file as a response, which the server sends by itself."""

    def __init__(self, file: Any, block_size: int = 2**16) -> None:
        self.file = file
        self.block_size = block_size

    def close(self) -> None:
        """Close the file, with the response that belongs to it."""
        self.file.close()


def environ_of(request: BaseRequest, config: Config) -> Environ:
    """Return the environment of a request without its body.

    Gunicorn's settings say from which peers `X-Forwarded-Proto` is believed.
    """
    path, _, query = _target(request.raw_path)
    prefix = os.environ.get("SCRIPT_NAME", "")
    version = request.version
    environ: Environ = {
        "wsgi.version": (1, 0),
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": FileWrapper,
        "SERVER_PROTOCOL": f"HTTP/{version.major}.{version.minor}",
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": prefix,
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1").removeprefix(prefix),
        "QUERY_STRING": query,
    }
    _add_headers(environ, request)
    _add_addresses(environ, request, config)
    return environ


def _target(target: str) -> tuple[str, str, str]:
    """Return path, separator and query of a request's target, which may be a whole URL."""
    if not target.startswith("/") and "://" in target:
        parts = urlsplit(target)
        return parts.path or "/", "?", parts.query
    return target.partition("#")[0].partition("?")


def _add_headers(environ: Environ, request: BaseRequest) -> None:
    for name, value in request.headers.items():
        # A name with "_" could pass for the same name with "-", which a proxy has set or removed.
        if "_" in name:
            continue
        upper = name.upper()
        key = _PLAIN.get(upper) or f"HTTP_{upper.replace('-', '_')}"
        # Bytes that are not ASCII are as they came, in the encoding of WSGI.
        latin = value.encode("utf-8", "surrogateescape").decode("latin-1")
        environ[key] = f"{environ[key]}{_SEPARATORS.get(key, ',')}{latin}" if key in environ else latin
    # The server itself has read them.
    environ.pop("HTTP_TRANSFER_ENCODING", None)


def _add_addresses(environ: Environ, request: BaseRequest, config: Config) -> None:
    transport = request.transport
    peer = transport.get_extra_info("peername") if transport is not None else None
    server = transport.get_extra_info("sockname") if transport is not None else None
    # A Unix socket has no addresses.
    environ["REMOTE_ADDR"], environ["REMOTE_PORT"] = _pair(peer)
    environ["SERVER_NAME"], environ["SERVER_PORT"] = _pair(server)
    believed = config.forwarded_allow_ips
    secure = False
    if "*" in believed or not isinstance(peer, tuple) or peer[0] in believed:
        secure = any(
            request.headers.get(name) == value for name, value in config.secure_scheme_headers.items()
        )
    environ["wsgi.url_scheme"] = "https" if secure else "http"


def _pair(address: Any) -> tuple[str, str]:
    return (str(address[0]), str(address[1])) if isinstance(address, tuple) else ("", "")
