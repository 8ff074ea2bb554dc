"""Start processes, wait for them and stop them."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import psutil

AUTOGROUP = Path("/proc/self/autogroup")


def wait_until(
    condition: Callable[[], bool], *, seconds: float, running: Callable[[], bool] = lambda: True
) -> bool:
    """Return True when the condition holds, False after `seconds` or when the process is not `running`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline or not running():
            return False
        time.sleep(0.02)
    return True


def launch(command: Sequence[str], *, log: Path, **options: Any) -> subprocess.Popen[bytes]:
    """Start a program in its own session, so that Ctrl-C does not reach it, with its output in `log`."""
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            **options,
        )


def leave_processor(niceness: int) -> None:
    """Let other processes go before this one, and before its session.

    Where Linux shares the processor among sessions (sched(7), "The autogroup feature"), the niceness of a
    process counts within its session alone.
    """
    os.nice(niceness)
    with contextlib.suppress(OSError):  # there is no such feature, or it is not for this user
        AUTOGROUP.write_text(str(niceness))


def is_alive(process: psutil.Process) -> bool:
    """Return whether the process runs; a zombie does not."""
    try:
        return bool(process.is_running()) and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def wait_for_exit(process: psutil.Process, seconds: float) -> bool:
    """Return whether the process ended within `seconds`."""

    def ended() -> bool:
        # Reaps a child of this process; does nothing for other processes.
        with contextlib.suppress(OSError):
            os.waitpid(process.pid, os.WNOHANG)
        return not is_alive(process)

    return wait_until(ended, seconds=seconds)


def stop(process: psutil.Process, *, how: signal.Signals = signal.SIGTERM, seconds: float = 10.0) -> None:
    """Send a signal to the process, and after `seconds` kill it with its children."""
    with contextlib.suppress(psutil.Error):
        children = process.children(recursive=True)
        process.send_signal(how)
        if not wait_for_exit(process, seconds):
            kill([process, *children])
            wait_for_exit(process, seconds)


def kill(processes: Sequence[psutil.Process]) -> None:
    """Kill processes, some of which may have ended."""
    for process in processes:
        with contextlib.suppress(psutil.Error):
            process.kill()
