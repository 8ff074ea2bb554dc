"""The program of a child process: `python -m albums.imaging.isolation.child LISTENER LIFELINE IDLE`.

It runs one function at a time, for whoever connects. It ends when the process that started it has ended,
after IDLE seconds without work (0: never), and after work that has left it too large.
"""

import contextlib
import os
import select
import signal
import socket
import sys
import traceback
from typing import Any, BinaryIO

from albums.imaging.isolation.messages import DEFECT, DONE, EXPECTED, FAILED, READY, receive_task, send
from albums.imaging.memory import release_memory

LARGEST_BYTES = 900_000_000
"""A larger child ends after its work, and another takes its place: as of the processes of a worker."""

RETAINED_BYTES = 500_000_000
"""A smaller child retains freed memory: a network needs as much again for the next picture, and asking the
system for it again takes a quarter of the time of a query."""

_PAGE = os.sysconf("SC_PAGE_SIZE")


def main() -> None:
    """Answer until it is time to end."""
    listener = socket.socket(fileno=int(sys.argv[1]))
    lifeline, idle = int(sys.argv[2]), float(sys.argv[3])
    # A terminal sends it to the whole group; the process that started this one decides when it ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    size = 0
    while size < LARGEST_BYTES:
        readable, _, _ = select.select([listener.fileno(), lifeline], [], [], idle or None)
        if listener.fileno() not in readable:
            break
        connection, _address = listener.accept()
        with connection:
            _answer(connection)
        if (size := _resident_bytes()) > RETAINED_BYTES:
            release_memory()
            size = _resident_bytes()
    # Closed before the last connections in its queue are: they find another child.
    listener.close()
    # At once: closing the libraries of the models takes a second, and there is nothing to keep.
    os._exit(0)


def _answer(connection: socket.socket) -> None:
    """Run one function, and send its result."""
    try:
        send(connection, READY)
        (seconds, function, arguments, options), descriptors = receive_task(connection)
    except (EOFError, OSError):
        return  # the other side has gone
    files: list[BinaryIO] = [os.fdopen(one, "rb") for one in descriptors]
    # Ends this process, even in the midst of a decoder.
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        answer = _result(function, files, arguments, options)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for file in files:
            file.close()
    with contextlib.suppress(OSError):  # the other side may have gone
        send(connection, answer)


def _result(function: Any, files: list[BinaryIO], arguments: Any, options: Any) -> tuple[str, Any]:
    try:
        return DONE, function(*files, *arguments, **options)
    except EXPECTED as error:
        return FAILED, error
    except Exception:  # noqa: BLE001 - reported to the caller, whose log is read
        return DEFECT, traceback.format_exc()


def _resident_bytes() -> int:
    try:
        with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 - of no length
            return int(file.read().split()[1]) * _PAGE
    except FileNotFoundError:
        return 0


if __name__ == "__main__":
    main()
