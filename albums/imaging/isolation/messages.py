"""Messages between a process and its children, over a Unix socket.

A message is its length and a pickle. Children run whatever they are sent, by the same account. In the other
direction a message may come from a child that a hostile picture has taken over: it may create arrays, plain
values, and the data classes, enumerations and exceptions of this project, and nothing else.
"""

import array
import dataclasses
import enum
import importlib
import io
import pickle
import socket
import struct
from collections.abc import Sequence
from typing import Any

from albums.exceptions import Refused
from albums.imaging.model_errors import ModelError

READY, DONE, FAILED, DEFECT = "ready", "done", "failed", "defect"
EXPECTED = (Refused, ModelError)
"""Exceptions that the caller handles; any other is a defect, which is reported with its traceback."""

_LENGTH = struct.Struct(">Q")
MOST_FILES = 8
MOST_ANSWER_BYTES = 512 * 2**20
"""A decoded picture at full size is never sent: the largest answer is a panorama of 72 MB."""
_PIECE = 2**20
_PACKAGES = ("albums.", "faces.")
_FOREIGN = frozenset(
    {
        ("numpy._core.multiarray", "_reconstruct"),
        ("numpy._core.multiarray", "scalar"),
        ("numpy._core.numeric", "_frombuffer"),
        ("numpy", "ndarray"),
        ("numpy", "dtype"),
        ("pathlib", "PosixPath"),
        ("pathlib._local", "PosixPath"),
    }
)


class AnswerRefused(Exception):
    """The answer of a child is not one that its program sends."""


class _Unpickler(pickle.Unpickler):
    def find_class(self, module_name: str, name: str, /) -> Any:
        if (module_name, name) in _FOREIGN:
            return getattr(importlib.import_module(module_name), name)
        if module_name.startswith(_PACKAGES) and name.isidentifier():
            found = getattr(importlib.import_module(module_name), name, None)
            # A class that the module defines, not one that it imports.
            if isinstance(found, type) and found.__module__ == module_name and _is_value(found):
                return found
        raise AnswerRefused(f"An answer holds {module_name}.{name}.")


def _is_value(found: type) -> bool:
    named_tuple = issubclass(found, tuple) and hasattr(found, "_fields")
    return dataclasses.is_dataclass(found) or named_tuple or issubclass(found, Exception | enum.Enum)


def send(connection: socket.socket, message: object, files: Sequence[int] = ()) -> None:
    """Send an object, with the descriptors of open files."""
    content = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    begin = _LENGTH.pack(len(content))
    if files:
        rights = array.array("i", files).tobytes()
        connection.sendmsg([begin], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])
    else:
        connection.sendall(begin)
    connection.sendall(content)


def receive_task(connection: socket.socket) -> tuple[Any, list[int]]:
    """Return an object and the descriptors of files that came with it. Raises EOFError."""
    begin, files, _flags, _address = socket.recv_fds(connection, _LENGTH.size, MOST_FILES)
    if len(begin) < _LENGTH.size:
        raise EOFError
    content = _received(connection, _LENGTH.unpack(begin)[0])
    return pickle.loads(content), files  # noqa: S301 - only the application can open this socket


def receive_answer(connection: socket.socket) -> Any:
    """Return what a child has sent. Raises EOFError if it has ended, AnswerRefused."""
    length: int = _LENGTH.unpack(_received(connection, _LENGTH.size))[0]
    if length > MOST_ANSWER_BYTES:
        raise AnswerRefused(f"An answer has {length:,} bytes.")
    try:
        return _Unpickler(io.BytesIO(_received(connection, length))).load()
    except (pickle.UnpicklingError, ImportError, AttributeError, TypeError, ValueError, IndexError) as error:
        raise AnswerRefused(f"An answer cannot be read: {error}") from error


def _received(connection: socket.socket, length: int) -> bytearray:
    content = bytearray()
    while len(content) < length:
        piece = connection.recv(min(length - len(content), _PIECE))
        if not piece:
            raise EOFError
        content += piece
    return content
