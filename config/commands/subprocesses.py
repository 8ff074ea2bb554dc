"""Management commands in another process."""

import subprocess
import sys
import time
from collections.abc import Callable

from django.conf import settings


def run_in_subprocess(*arguments: str, poll: Callable[[], None] = lambda: None) -> int:
    """Run a management command, calling `poll` meanwhile, and return its exit code."""
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments]
    # sys.stdout is not this process's standard output with --json.
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=sys.stdout) as process:
        try:
            while process.poll() is None:
                poll()
                time.sleep(0.1)
        except BaseException:
            process.terminate()
            raise
    return process.returncode
