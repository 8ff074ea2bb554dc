"""Output of the start command: a line per step, and progress in place."""

import contextlib
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TextIO

SECONDS_BETWEEN_LINES = 5.0


def echo(text: str = "", *, end: str = "\n") -> None:
    """Print a text and flush, for pipes."""
    print(text, end=end, flush=True)  # noqa: T201 - output of a command


@contextlib.contextmanager
def step(name: str) -> Iterator[None]:
    """Print a step's name, and its duration when it is done."""
    start = time.monotonic()
    terminal = sys.stdout.isatty()
    if terminal:
        echo(f"{name} …", end="")
    try:
        yield
    except BaseException:
        if terminal:
            echo()
        raise
    echo(f"{chr(13) if terminal else ''}{name} ({time.monotonic() - start:.1f} s)")


@dataclass(slots=True)
class ProgressDisplay:
    """Shows lines repeatedly: in place on a terminal, joined to one line every few seconds in a file."""

    out: TextIO
    _rows: int = 0
    _last: Sequence[str] = ()
    _last_time: float = 0.0

    def show(self, lines: Sequence[str], *, complete: bool = False, final: bool = False) -> None:
        """Show the current lines; in a file the `complete` ones only in the `final` call."""
        if self.out.isatty():
            up = f"\033[{self._rows}A" if self._rows else ""
            self.out.write(up + "".join(f"\033[K{line}\n" for line in lines))
            self._rows = len(lines)
        elif final:
            self.out.writelines(f"{line}\n" for line in lines)
        elif not complete and lines != self._last and self._is_due():
            self.out.write(" | ".join(" ".join(line.split()) for line in lines) + "\n")
            self._last_time, self._last = time.monotonic(), lines
        self.out.flush()

    def _is_due(self) -> bool:
        return time.monotonic() - self._last_time >= SECONDS_BETWEEN_LINES
