"""Send functions to child processes, which all processes of the machine share.

Child number n listens on the socket `<machine>-<n>.sock` of a folder. Who holds the lock on the file with the
ending `.lock` may send it one function; the kernel releases it when the holder ends. So there are never more
at once than slots, however many processes ask, and each model is open once a child.
"""

import contextlib
import fcntl
import hashlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeVar, cast

from albums.imaging.isolation import messages
from albums.imaging.isolation.errors import ChildCrashed, ChildrenBusy, ChildTookTooLong
from albums.imaging.isolation.messages import AnswerRefused, receive_answer, send

Result = TypeVar("Result")

ROOT = Path(__file__).resolve().parents[3]
IDLE_SECONDS = 600
"""After which a child ends that is needed only when several functions run at once. The first one stays."""

# Several machines may share the data folder, but no sockets. Short, as the path of a socket is.
_MACHINE = hashlib.sha256(socket.gethostname().encode()).hexdigest()[:4]
_POLL_SECONDS = 0.005
_GRACE_SECONDS = 3.0
"""Beyond its limit, in which a child ends by itself."""
_MOST_STARTS = 3
# Decoders need nothing else; a child has neither the secret key nor the address of the database.
_VARIABLES = ("HOME", "LANG", "LD_LIBRARY_PATH", "PATH", "PYTHONPATH", "TMPDIR", "TZ", "VIRTUAL_ENV")
_PREFIXES = ("DEEPFACE_", "LC_")
# Each child has one core: more threads would only compete for the others'.
_THREADS = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "ORT_NUM_THREADS"), "1"
)

_started: list[subprocess.Popen[bytes]] = []
# Children end when no process holds the writing end: with the process that has started them.
_lifeline: list[int] = []


class Defect(Exception):
    """The function raised an exception that it should not; the message is its traceback in the child."""


@dataclass(frozen=True, slots=True)
class Children:
    """The child processes of a folder.

    folder: of sockets and locks, for this account alone. count: functions at once on this machine.
    seconds: limit of a function. wait: seconds to wait for a free child.
    """

    folder: Path
    count: int
    seconds: float
    wait: float

    def run(
        self,
        function: Callable[..., Result],
        *arguments: object,
        files: Sequence[BinaryIO] = (),
        **options: object,
    ) -> Result:
        """Return `function(*files, *arguments, **options)`, run in a child.

        The function is sent by its name. Raises what it raises if that is a Refused or a ModelError;
        ChildrenBusy, ChildCrashed, ChildTookTooLong.
        """
        with contextlib.ExitStack() as stack:
            descriptors = [stack.enter_context(_real_file(file)) for file in files]
            slot = stack.enter_context(self._slot())
            connection = stack.enter_context(self._connected(slot))
            # What the function returns is known to its caller alone.
            return cast(
                "Result", self._answer(connection, (self.seconds, function, arguments, options), descriptors)
            )

    def slot_file(self, slot: int, ending: str) -> Path:
        """Return the file of a slot: "lock", "sock" or "log"."""
        return self.folder / f"{_MACHINE}-{slot}.{ending}"

    def _answer(self, connection: socket.socket, task: tuple[object, ...], files: Sequence[int]) -> object:
        began = time.monotonic()
        connection.settimeout(self.seconds + _GRACE_SECONDS)
        try:
            send(connection, task, files)
            kind, value = receive_answer(connection)
        except (EOFError, OSError) as error:
            took = time.monotonic() - began
            if took >= self.seconds:
                raise ChildTookTooLong(f"It took more than {self.seconds:g} seconds.") from error
            raise ChildCrashed(f"Its process ended after {took:.1f} seconds.") from error
        except AnswerRefused as error:
            raise ChildCrashed(str(error)) from error
        match kind:
            case messages.DONE:
                return value
            case messages.FAILED if isinstance(value, messages.EXPECTED):
                raise value
            case _:
                raise Defect(str(value))

    @contextlib.contextmanager
    def _slot(self) -> Iterator[int]:
        """Hold one of the slots; wait for it. Raises ChildrenBusy."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        until = time.monotonic() + self.wait
        while True:
            for slot in range(self.count):
                with (self.slot_file(slot, "lock")).open("ab") as lock:
                    try:
                        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    except BlockingIOError:
                        continue
                    yield slot
                    return
            if time.monotonic() >= until:
                raise ChildrenBusy(f"All {self.count} children have been busy for {self.wait:g} seconds.")
            time.sleep(_POLL_SECONDS)

    @contextlib.contextmanager
    def _connected(self, slot: int) -> Iterator[socket.socket]:
        """Connect to the child of a slot, which is started if it does not run."""
        path = self.slot_file(slot, "sock")
        for _attempt in range(_MOST_STARTS):
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
                # The former user of this slot may have ended while its function still runs.
                connection.settimeout(self.seconds + _GRACE_SECONDS)
                try:
                    connection.connect(str(path))
                except (FileNotFoundError, ConnectionRefusedError):
                    _start(path, idle=0 if slot == 0 else IDLE_SECONDS)
                    connection.connect(str(path))
                try:
                    receive_answer(connection)
                except (EOFError, ConnectionError):
                    continue  # it was about to end
                except TimeoutError as error:
                    raise ChildrenBusy("The child does not answer.") from error
                yield connection
                return
        raise ChildCrashed(f"The child does not start; its output is in {path.with_suffix('.log')}.")


@contextlib.contextmanager
def _real_file(file: BinaryIO) -> Iterator[int]:
    """The descriptor of a file; of a copy for one that is in memory or in a storage elsewhere."""
    file.seek(0)
    try:
        yield file.fileno()
    except (AttributeError, OSError):
        with tempfile.TemporaryFile() as copy:
            while piece := file.read(2**20):
                copy.write(piece)
            copy.seek(0)
            yield copy.fileno()


def _start(path: Path, *, idle: float) -> None:
    """Start the child that listens on this socket."""
    _started[:] = [one for one in _started if one.poll() is None]
    if not _lifeline:
        _lifeline.extend(os.pipe())
    path.unlink(missing_ok=True)
    with (
        socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener,
        path.with_suffix(".log").open("wb") as log,
    ):
        listener.bind(str(path))
        listener.listen()
        descriptors = (listener.fileno(), _lifeline[0])
        command = [sys.executable, "-m", "albums.imaging.isolation.child", *map(str, descriptors), str(idle)]
        environment = {
            name: value
            for name, value in os.environ.items()
            if name in _VARIABLES or name.startswith(_PREFIXES)
        }
        _started.append(
            subprocess.Popen(
                command,
                cwd=ROOT,
                env={**environment, **_THREADS},
                pass_fds=descriptors,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        )
