"""Make .venv and install what is required into it, when that changed. Standard library alone.

Safe to run twice at once: the second waits for the first and then finds nothing to do. A run that was
killed leaves no stamp, so the next one does it again.
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


def say(text: str) -> None:
    """Tell the person at the terminal; standard output stays for the command itself."""
    print(text, file=sys.stderr, flush=True)


def fingerprint(files: list[Path]) -> str:
    """What was installed: the lists, for this Python, at this place (an environment cannot be moved)."""
    parts = [sys.version, str(FOLDER), *(file.read_text() for file in files)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def make_environment() -> None:
    """Make .venv anew, unless there is one that runs this version of Python."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    check = f"import sys; sys.exit('%d.%d' % sys.version_info[:2] != '{version}')"
    if PYTHON.exists() and subprocess.run([PYTHON, "-c", check], check=False).returncode == 0:
        return
    say("Making the Python environment …")
    shutil.rmtree(FOLDER, ignore_errors=True)
    try:
        # Its own messages, about a missing ensurepip for one, are noise: the fallback deals with it.
        subprocess.run([sys.executable, "-m", "venv", FOLDER], check=True, capture_output=True)
    except subprocess.CalledProcessError:
        shutil.rmtree(FOLDER, ignore_errors=True)
        venv.EnvBuilder(with_pip=False, symlinks=True).create(FOLDER)


def pip_command() -> list[str]:
    """The environment's own pip, or the system's, told to work there."""
    if has_pip(str(PYTHON)):
        return [str(PYTHON), "-m", "pip"]
    if has_pip(sys.executable):
        return [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    sys.exit(
        f"trombine: {sys.executable} has no pip. Install it (Debian: apt install python3-pip) and try again."
    )


def has_pip(python: str) -> bool:
    """Whether this Python can run pip."""
    return (
        subprocess.run([python, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0
    )


def install(list_of_packages: Path) -> None:
    """Install a list, showing each package as it comes; all of pip's words only when it fails."""
    command = [
        *pip_command(),
        *("install", "--no-input", "--progress-bar", "off", "--disable-pip-version-check"),
        *("--root-user-action", "ignore", "-r", str(list_of_packages)),
    ]
    said: list[str] = []
    start, count = time.monotonic(), 0
    live = sys.stderr.isatty()
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as pip:
        for line in pip.stdout or ():
            said.append(line)
            word = line.split(" ", 1)[0]
            if word in ("Collecting", "Installing"):
                count += word == "Collecting"
                what = f"unpacking {count} packages" if word == "Installing" else line.split()[1]
                if live:
                    print(f"\r\033[K  {count:3} {what}", end="", file=sys.stderr, flush=True)
                elif word == "Installing" or count % 10 == 0:
                    say(f"  {count:3} {what}")
    if live:
        print("\r\033[K", end="", file=sys.stderr, flush=True)
    if pip.returncode != 0:
        say("".join(said))
        sys.exit(f"trombine: pip could not install {list_of_packages.name}; what it said is above.")
    say(f"  installed in {time.monotonic() - start:.0f} s")


def main(arguments: list[str]) -> None:
    """Prepare the environment; with --dev also what the tests need."""
    name = "requirements-dev.txt" if "--dev" in arguments else "requirements.txt"
    runtime = ROOT / "requirements.txt"
    files = [runtime] if name == runtime.name else [runtime, ROOT / name]
    stamp, wanted = FOLDER / f".{name}.stamp", fingerprint(files)
    with Path(__file__).open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if PYTHON.exists() and stamp.exists() and stamp.read_text() == wanted:
            return
        make_environment()
        if not (FOLDER / ".requirements.txt.stamp").exists():
            say("Installing what Trombine needs (once; some minutes on a slow line) …")
        else:
            say(f"Installing what changed in {name} …")
        install(ROOT / name)
        draft = FOLDER / f"{stamp.name}.{os.getpid()}"
        for done in {runtime.name, name}:
            draft.write_text(fingerprint([runtime] if done == runtime.name else files))
            draft.replace(FOLDER / f".{done}.stamp")


if __name__ == "__main__":
    main(sys.argv[1:])
