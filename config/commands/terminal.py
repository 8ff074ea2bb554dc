"""What the start command shows: a line a step, and stages that move while work goes on."""

import contextlib
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol, TextIO

SECONDS_BETWEEN_LINES = 5.0


class StageLike(Protocol):
    """A stage as `albums.services.core.progress` counts it: of `total` pieces, some done, some failed."""

    @property
    def label(self) -> str: ...  # noqa: D102 - named as what it is
    @property
    def done(self) -> int: ...  # noqa: D102 - named as what it is
    @property
    def total(self) -> int: ...  # noqa: D102 - named as what it is
    @property
    def failed(self) -> int: ...  # noqa: D102 - named as what it is
    @property
    def detail(self) -> str: ...  # noqa: D102 - named as what it is


def say(text: str = "") -> None:
    """Print a line at once, also into a pipe."""
    print(text, flush=True)  # noqa: T201 - this is what the command shows


@contextlib.contextmanager
def step(name: str) -> Iterator[None]:
    """Show that a step has begun, and how long it took."""
    start = time.monotonic()
    live = sys.stdout.isatty()
    if live:
        print(f"{name} …", end="", flush=True)  # noqa: T201 - as in say
    try:
        yield
    except BaseException:
        if live:
            print(flush=True)  # noqa: T201 - as in say
        raise
    seconds = time.monotonic() - start
    say(f"{chr(13) if live else ''}{name} ({seconds:.1f} s)")


def line(stage: StageLike) -> str:
    """One stage in words: "Photos read 12/40, 1 refused (detail)"."""
    share = 100 * (stage.done + stage.failed) // stage.total if stage.total else 100
    text = f"{stage.label:<18} {stage.done}/{stage.total} ({share} %)"
    if stage.failed:
        text += f", {stage.failed} failed"
    if stage.detail:
        text += f", {stage.detail}"
    return text


@dataclass(slots=True)
class StageBoard:
    """Shows stages again and again: in place on a terminal, as a line now and then in a file."""

    out: TextIO
    _rows: int = 0
    _last: str = ""
    _when: float = 0.0

    def show(self, stages: list[StageLike], *, final: bool = False) -> None:
        """Show the stages as they are; the `final` time in full."""
        lines = [line(stage) for stage in stages]
        text = "\n".join(lines)
        if self.out.isatty():
            up = f"\033[{self._rows}A" if self._rows else ""
            self.out.write(up + "".join(f"\033[K{one}\n" for one in lines))
            self._rows = len(lines)
        elif final:
            self.out.write(text + "\n")
        elif all(stage.done + stage.failed >= stage.total for stage in stages):
            pass  # the final time is near, and says the same
        elif text != self._last and time.monotonic() - self._when >= SECONDS_BETWEEN_LINES:
            self.out.write(" | ".join(" ".join(one.split()) for one in lines) + "\n")
            self._when, self._last = time.monotonic(), text
        self.out.flush()
