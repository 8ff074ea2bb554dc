"""Create .venv and install the requirements, when they changed. Uses the standard library only.

A second process waits for the first. A killed run leaves no stamp, so the next one installs again.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".venv"
PYTHON = FOLDER / "bin" / "python"


def echo(text: str) -> None:
    """Print to standard error, because standard output is for the command itself."""
    print(text, file=sys.stderr, flush=True)


def fingerprint(files: list[Path]) -> str:
    """Return a digest of the requirements, the Python version and the location, which is fixed."""
    parts = [sys.version, str(FOLDER), *(file.read_text() for file in files)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def create_environment() -> None:
    """Create .venv, unless it exists for this version of Python."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    check = f"import sys; sys.exit('%d.%d' % sys.version_info[:2] != '{version}')"
    if PYTHON.exists() and subprocess.run([PYTHON, "-c", check], check=False).returncode == 0:
        return
    echo("Creating the Python environment …")
    shutil.rmtree(FOLDER, ignore_errors=True)
    try:
        # Hides messages, such as that of a missing ensurepip, which the fallback handles.
        subprocess.run([sys.executable, "-m", "venv", FOLDER], check=True, capture_output=True)
    except subprocess.CalledProcessError:
        shutil.rmtree(FOLDER, ignore_errors=True)
        venv.EnvBuilder(with_pip=False, symlinks=True).create(FOLDER)


def pip_command() -> list[str]:
    """Return the command of the environment's pip, or of the system's for the environment."""
    for python, options in ((str(PYTHON), []), (sys.executable, ["--python", str(PYTHON)])):
        command = [python, "-m", "pip", *options]
        if subprocess.run([*command, "--version"], capture_output=True, check=False).returncode == 0:
            return command
    sys.exit(
        f"trombine: {sys.executable} has no pip. Install it (Debian: apt install python3-pip) and try again."
    )


def install(requirements: Path) -> None:
    """Install the requirements with progress; print pip's output only when it fails."""
    command = [
        *pip_command(),
        *("install", "--no-input", "--progress-bar", "off", "--disable-pip-version-check"),
        *("--root-user-action", "ignore", "-r", str(requirements)),
    ]
    output: list[str] = []
    start, count = time.monotonic(), 0
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as pip:
        for line in pip.stdout or ():
            output.append(line)
            if line.startswith("Collecting "):
                count += 1
                if sys.stderr.isatty():
                    print(f"\r\033[K  {count:3} {line.split()[1]}", end="", file=sys.stderr, flush=True)
                elif count % 10 == 0:
                    echo(f"  {count:3} {line.split()[1]}")
            elif line.startswith("Installing "):
                echo(f"\r  {count:3} packages: unpacking")
    if pip.returncode != 0:
        echo("".join(output))
        sys.exit(f"trombine: pip could not install {requirements.name}; see its output above.")
    echo(f"  installed in {time.monotonic() - start:.0f} s")


def main(arguments: list[str]) -> None:
    """Prepare the environment, with --dev including the requirements of the tests."""
    runtime = ROOT / "requirements.txt"
    requirements = ROOT / "requirements-dev.txt" if "--dev" in arguments else runtime
    files = list(dict.fromkeys([runtime, requirements]))
    stamp, current = FOLDER / f".{requirements.name}.stamp", fingerprint(files)
    with Path(__file__).open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if PYTHON.exists() and stamp.exists() and stamp.read_text() == current:
            return
        create_environment()
        if not (FOLDER / ".requirements.txt.stamp").exists():
            echo("Installing Trombine's requirements (once; some minutes on a slow connection) …")
        else:
            echo(f"Installing changes of {requirements.name} …")
        install(requirements)
        draft = FOLDER / f"{stamp.name}.{os.getpid()}"
        for file in files:
            draft.write_text(fingerprint([runtime] if file == runtime else files))
            draft.replace(FOLDER / f".{file.name}.stamp")


if __name__ == "__main__":
    main(sys.argv[1:])
