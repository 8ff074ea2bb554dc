"""Measure how many pages are answered while slow connections without an account are open.

Starts the app as bin/start does, with an album behind a share link, and holds connections open, 50 of each
kind in turn: headers that come a byte at a time, bodies that do, readers of the largest static file, and
readers of the link's zip, who take a few bytes a second. A connection that the server ends is opened again.
Meanwhile the sign-in page is requested again and again, each time over a new connection, with a time limit
that visitors have, too. The last round has all kinds at once. Exits with 1 when fewer than 90 % of the pages
of a round are answered.
"""

from __future__ import annotations

import harness  # first: it enters the project's environment

# isort: split
import argparse
import http.client
import json
import os
import random
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from running_app import managed, running_app

REQUIRED = 0.9
PAGE = "/sign-in/"
PASSWORD = "a long sentence of the owner"
SET_UP = """
import io, json, os
from django.contrib.auth.models import User
from django.templatetags.static import static
from PIL import Image as Pillow
from albums.services.arranging.albums import album_add_images, album_create
from albums.services.arranging.share_links import share_link_create
from albums.services.uploading.uploads import image_store
from albums.models import Image
from django.core.files.base import ContentFile
owner = User.objects.create_user("owner", password={password!r})
album = album_create(owner=owner, name="Shared")
for number in range({photos}):
    content = io.BytesIO()
    Pillow.frombytes("RGB", (1600, 1200), os.urandom(1600 * 1200 * 3)).save(content, "JPEG", quality=95)
    image_store(owner=owner, source=ContentFile(content.getvalue()), source_path=f"noise-{{number}}.jpg")
Image.objects.update(state="ready")
album_add_images(album=album, images=list(Image.objects.all()), by=owner)
large = static("drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-bundle.js")
print(json.dumps({{"zip": f"/s/{{share_link_create(album=album).token}}/download/", "file": large}}))
"""


@dataclass
class Kind:
    """Connections of a kind: the request that each begins with, and what it does once a second."""

    name: str
    begin: bytes
    more: bytes = b""
    open: int = 0
    ended: int = 0
    sockets: list[socket.socket] = field(default_factory=list)


@dataclass
class Round:
    """The answers of a round, in seconds; unanswered: requests without an answer in time."""

    name: str
    seconds: list[float] = field(default_factory=list)
    unanswered: int = 0

    @property
    def share(self) -> float:
        """The share of answered requests."""
        return len(self.seconds) / max(1, len(self.seconds) + self.unanswered)


def arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--connections", type=int, default=50, metavar="N", help="slow connections of a kind")
    parser.add_argument("--seconds", type=float, default=30.0, help="of a round")
    parser.add_argument("--patience", type=float, default=5.0, help="seconds until a page counts as missing")
    parser.add_argument("--photos", type=int, default=30, metavar="N", help="of 3 MB each, shared")
    parser.add_argument("--address", help="a server that runs, instead of one of its own")
    parser.add_argument("--file", help="with --address: the path of a large static file")
    parser.add_argument("--zip", help="with --address: the path of a zip for everybody")
    parser.add_argument("--smallest", action="store_true", help="a few connections for a few seconds")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    options = parser.parse_args()
    if options.smallest:
        options.connections, options.seconds, options.photos = 10, 3.0, 4
    return options


def kinds(host: str, paths: dict[str, str]) -> list[Kind]:
    """Return the kinds of slow connections."""
    line = f"Host: {host}\r\n".encode()
    form = b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 500000\r\n\r\n"
    found = [
        Kind("headers", b"GET / HTTP/1.1\r\n" + line + b"X-Slow: ", b"x"),
        Kind("bodies", b"POST " + PAGE.encode() + b" HTTP/1.1\r\n" + line + form, b"a"),
    ]
    for name, path in (("readers", paths["file"]), ("zips", paths["zip"])):
        if path:
            found.append(Kind(name, b"GET " + path.encode() + b" HTTP/1.1\r\n" + line + b"\r\n"))
    return found


def hold(kind: Kind, where: tuple[str, int], count: int, over: threading.Event) -> None:
    """Hold `count` connections of a kind open until it is over."""

    def connect() -> socket.socket:
        line = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        # A reader whose window is small takes what it is given slowly, whatever the system could buffer.
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.settimeout(2)
        line.connect(where)
        line.sendall(kind.begin)
        line.settimeout(0)
        return line

    lines: list[socket.socket | None] = [None] * count
    while not over.is_set():
        for index, line in enumerate(lines):
            try:
                if line is None:
                    lines[index] = connect()
                    kind.open += 1
                elif kind.more:
                    line.send(kind.more)
                elif not line.recv(16):
                    raise ConnectionResetError
            except BlockingIOError:
                continue
            except OSError:
                kind.ended += 1
                if line is not None:
                    line.close()
                lines[index] = None
        over.wait(1.0)
    for line in lines:
        if line is not None:
            line.close()


def ask(where: tuple[str, int], patience: float) -> float | None:
    """Return the seconds until a page has come in full; None without an answer in time."""
    began = time.perf_counter()
    line = http.client.HTTPConnection(*where, timeout=patience)
    try:
        line.request("GET", PAGE)
        answer = line.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        line.close()
    taken = time.perf_counter() - began
    return taken if answer.status < 400 and taken <= patience else None


def measure(name: str, held: list[Kind], where: tuple[str, int], options: argparse.Namespace) -> Round:
    """Ask for pages while connections of these kinds are held open."""
    over, found = threading.Event(), Round(name)
    threads = [
        threading.Thread(target=hold, args=(kind, where, options.connections, over), daemon=True)
        for kind in held
    ]
    for thread in threads:
        thread.start()
    if held:
        time.sleep(min(3.0, options.seconds))
    end = time.monotonic() + options.seconds
    while time.monotonic() < end:
        taken = ask(where, options.patience)
        if taken is None:
            found.unanswered += 1
        else:
            found.seconds.append(taken)
        time.sleep(random.uniform(0.05, 0.2))
    over.set()
    for thread in threads:
        thread.join()
    return found


def rounds(address: str, paths: dict[str, str], options: argparse.Namespace) -> list[Round]:
    """Measure without slow connections, with each kind, and with all of them."""
    parts = urlsplit(address)
    where = (parts.hostname or "127.0.0.1", parts.port or 80)
    all_kinds: Callable[[], list[Kind]] = lambda: kinds(parts.netloc, paths)  # noqa: E731
    found = [measure("none", [], where, options)]
    for index, kind in enumerate(all_kinds()):
        found.append(measure(kind.name, [all_kinds()[index]], where, options))
    found.append(measure("all at once", all_kinds(), where, options))
    return found


def table(found: list[Round]) -> list[dict[str, float | str | None]]:
    """Return the figures of each round."""
    rows: list[dict[str, float | str | None]] = []
    for one in found:
        took = sorted(one.seconds)
        median, p95 = (statistics.median(took), took[int(0.95 * (len(took) - 1))]) if took else (None, None)
        rows.append(
            {
                "slow connections": one.name,
                "pages": len(one.seconds) + one.unanswered,
                "answered": round(one.share, 3),
                "median_ms": None if median is None else round(1000 * median),
                "p95_ms": None if p95 is None else round(1000 * p95),
            }
        )
    return rows


def main() -> None:
    """Measure, print, and exit with 1 when a requirement is missed."""
    options = arguments()
    load = os.getloadavg()[0]
    if options.address:
        found = rounds(options.address, {"file": options.file, "zip": options.zip}, options)
    else:
        with tempfile.TemporaryDirectory(prefix="trombine-slow-") as place:
            folder = Path(place) / "data"
            with running_app(folder, Path(place) / "app.log", {}, "--workers", "1") as address:
                script = SET_UP.format(password=PASSWORD, photos=options.photos)
                output = managed(folder, {}, "shell", "-v", "0", "-c", script)
                found = rounds(address, json.loads(output.splitlines()[-1]), options)
    rows = table(found)
    if options.json:
        print(json.dumps({"connections": options.connections, "load": load, "rounds": rows}, indent=2))
    else:
        print(f"{options.connections} slow connections of each kind; load before: {load:.1f}\n")
        harness.rows_print(tuple(rows[0]), [tuple(str(value) for value in row.values()) for row in rows])
    if missed := [one.name for one in found if one.share < REQUIRED]:
        sys.exit(f"Fewer than {REQUIRED:.0%} of the pages were answered: {', '.join(missed)}")


if __name__ == "__main__":
    main()
