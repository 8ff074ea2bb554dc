"""Create .venv and install changed requirements in it, with the standard library only.

Concurrent runs wait for each other. A killed run leaves no stamp, so the next one repeats it.
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
    """Print to standard error; standard output belongs to the command itself."""
    print(text, file=sys.stderr, flush=True)


def fingerprint(files: list[Path]) -> str:
    """Return a digest of the requirements, the Python version and the location of the environment."""
    parts = [sys.version, str(FOLDER), *(file.read_text() for file in files)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def make_environment() -> None:
    """Create .venv, unless it exists for this version of Python."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    check = f"import sys; sys.exit('%d.%d' % sys.version_info[:2] != '{version}')"
    if PYTHON.exists() and subprocess.run([PYTHON, "-c", check], check=False).returncode == 0:
        return
    say("Creating the Python environment …")
    shutil.rmtree(FOLDER, ignore_errors=True)
    try:
        # Its messages, as about a missing ensurepip, are hidden: the fallback handles them.
        subprocess.run([sys.executable, "-m", "venv", FOLDER], check=True, capture_output=True)
    except subprocess.CalledProcessError:
        shutil.rmtree(FOLDER, ignore_errors=True)
        venv.EnvBuilder(with_pip=False, symlinks=True).create(FOLDER)


def pip_command() -> list[str]:
    """Return the command of the environment's pip, or of the system's pip for that environment."""
    if has_pip(str(PYTHON)):
        return [str(PYTHON), "-m", "pip"]
    if has_pip(sys.executable):
        return [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    sys.exit(
        f"trombine: {sys.executable} has no pip. Install it (Debian: apt install python3-pip) and try again."
    )


def has_pip(python: str) -> bool:
    """Return True if this Python has pip."""
    return (
        subprocess.run([python, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0
    )


def install(list_of_packages: Path) -> None:
    """Install a list of packages with progress; show pip's output only when it fails."""
    command = [
        *pip_command(),
        *("install", "--no-input", "--progress-bar", "off", "--disable-pip-version-check"),
        *("--root-user-action", "ignore", "-r", str(list_of_packages)),
    ]
    output: list[str] = []
    start, count = time.monotonic(), 0
    live = sys.stderr.isatty()
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as pip:
        for line in pip.stdout or ():
            output.append(line)
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
        say("".join(output))
        sys.exit(f"trombine: pip could not install {list_of_packages.name}; its output is above.")
    say(f"  installed in {time.monotonic() - start:.0f} s")


def main(arguments: list[str]) -> None:
    """Prepare the environment; --dev adds the requirements of the tests."""
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
