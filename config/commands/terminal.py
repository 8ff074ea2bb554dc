"""Output of the start command: a line per step, and progress of stages."""

import contextlib
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TextIO

SECONDS_BETWEEN_LINES = 5.0


class Stage(Protocol):
    """A stage of the work, as in `albums.services.progress`: some of `total` items are done, some failed."""

    @property
    def label(self) -> str: ...  # noqa: D102 - as named
    @property
    def done(self) -> int: ...  # noqa: D102 - as named
    @property
    def total(self) -> int: ...  # noqa: D102 - as named
    @property
    def failed(self) -> int: ...  # noqa: D102 - as named
    @property
    def detail(self) -> str: ...  # noqa: D102 - as named


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


def format_stage(stage: Stage) -> str:
    """Return a stage as text: "Processed          12/40 (30 %), 1 failed, detail"."""
    percent = 100 * (stage.done + stage.failed) // stage.total if stage.total else 100
    failed = f"{stage.failed} failed" if stage.failed else ""
    counts = f"{stage.label:<18} {stage.done}/{stage.total} ({percent} %)"
    return ", ".join(part for part in (counts, failed, stage.detail) if part)


@dataclass(slots=True)
class StageDisplay:
    """Shows stages repeatedly: in place on a terminal, as a line every few seconds in a file."""

    out: TextIO
    _rows: int = 0
    _last: str = ""
    _last_time: float = 0.0

    def show(self, stages: Sequence[Stage], *, final: bool = False) -> None:
        """Show the current state of the stages; in a file the `final` one on several lines."""
        lines = [format_stage(stage) for stage in stages]
        text = "\n".join(lines)
        if self.out.isatty():
            up = f"\033[{self._rows}A" if self._rows else ""
            self.out.write(up + "".join(f"\033[K{line}\n" for line in lines))
            self._rows = len(lines)
        elif final:
            self.out.write(text + "\n")
        elif all(stage.done + stage.failed >= stage.total for stage in stages):
            pass  # the final call follows
        elif text != self._last and time.monotonic() - self._last_time >= SECONDS_BETWEEN_LINES:
            self.out.write(" | ".join(" ".join(line.split()) for line in lines) + "\n")
            self._last_time, self._last = time.monotonic(), text
        self.out.flush()
