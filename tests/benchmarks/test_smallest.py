"""Each benchmark runs to its end on its smallest sample; its figures are compared with nothing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.command_process import UNSET

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks"

ALBUM, LIBRARY, NEW = "ALBUM", "LIBRARY", "NEW"
"""Placeholders: an album with its truth, a data folder of create_library.py, a path that does not exist."""

SMALLEST: dict[str, tuple[str, ...]] = {
    "api_latency": (LIBRARY, "--seconds", ".2", "--rounds", "1", "--depth", "100"),
    "attributes": (),
    "backup_restore": ("--photos", "20", "--side", "160"),
    "close_ups": ("--people", "1", "--timed", "2"),
    "cluster_quality": (ALBUM,),
    "clustering_accuracy": (ALBUM,),
    "clustering_speed": ("--sizes", "500", "--dense-to", "500"),
    "collages": ("--smallest",),
    "create_library": (NEW, "--photos", "60", "--people", "5"),
    "detection": ("--sample", "2", "--detectors", "yunet"),
    "end_to_end_accuracy": (ALBUM,),
    "erasure": ("--smallest",),
    "fuzzing": ("--smallest",),
    "gallery": ("--faces", "500", "--others", "100", "--queries", "2", "--side", "320"),
    "gallery_naming": ("--people", "3", "--each", "3"),
    "generated_client": (),
    "hostile_pictures": ("--smallest",),
    "import_speed": ("--photos", "3", "--sample", "1"),
    "incremental_clustering": (ALBUM, "--photos", "6"),
    "load": (LIBRARY, "--smallest"),
    "lookalike_search": ("--faces", "2000", "--owners", "1000", "500", "--queries", "3"),
    "many_photos": ("--smallest",),
    "morph": ("--pairs", "2", "--repeat", "1"),
    "outages": ("--smallest",),
    "page_latency": (LIBRARY,),
    "panoramas": ("--smallest",),
    "picture_children": ("--smallest",),
    "reindex_safety": (ALBUM,),
    "review_latency": ("--photos", "300", "--people", "10", "--questions", "3"),
    "review_order": ("--smallest",),
    "similar_photos": ("--smallest",),
    "slow_clients": ("--smallest",),
    "style": ("--styles", "0"),
    "train_verifier": ("--splits", "1"),
    "turned_photos": ("--smallest",),
    "upgrades": ("--smallest",),
    "verification": ("--sample", "40", "--embedders", "sface128", "--sets", "lfw"),
}

ELSEWHERE = {
    "calibration": "it has no sample: all pictures of LFW; its parts are tested in test_platt",
    "client_journey": "generated_client runs it",
    "deepface_baseline": "import_speed runs it",
    "faults": "tests/faults/test_kills.py runs it",
    "gatys": "it needs torch, which is optional; tests/albums/services/styling",
    "full_disk": "it needs a small disk of its own, which only root can mount",
    "retinaface_baseline": "it converts a network that only some machines have",
}

pytestmark = [pytest.mark.data, pytest.mark.long, pytest.mark.slow(60)]


def run(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in UNSET}
    return subprocess.run(
        [sys.executable, str(FOLDER / f"{script}.py"), *arguments],
        env={**environment, "TROMBINE_MODELS_DIR": str(settings.MODELS_DIR)},
        capture_output=True,
        text=True,
        check=False,
    )


def scripts() -> set[str]:
    return {path.stem for path in FOLDER.glob("*.py") if '__name__ == "__main__"' in path.read_text()}


def test_every_benchmark_is_run() -> None:
    assert set(SMALLEST) | set(ELSEWHERE) == scripts()


@pytest.fixture(scope="module")
def album(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> Path:
    """Photos of a few people, with many faces of each."""
    maker = shared.parent / "tools" / "make_album.py"
    if not maker.exists():
        pytest.skip(f"there is no {maker}, which composes the album")
    folder = tmp_path_factory.mktemp("album")
    arguments = [shared / "lfw" / "images", folder, "--photos", 20, "--people", 3, "--seed", 5]
    subprocess.run([sys.executable, maker, *map(str, arguments)], check=True)
    return folder


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("library") / "data"
    done = run("create_library", str(folder), "--photos", "300", "--people", "20")
    assert done.returncode == 0, done.stderr[-2000:]
    return folder


@pytest.mark.parametrize("script", SMALLEST)
def test_a_benchmark_runs_to_its_end(script: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    found = {ALBUM: "album", LIBRARY: "library"}
    arguments = [
        str(tmp_path / "new")
        if part == NEW
        else str(request.getfixturevalue(found[part]))
        if part in found
        else part
        for part in SMALLEST[script]
    ]
    done = run(script, *arguments)
    # 1: a requirement is missed, as it may be by so small a sample.
    assert done.returncode in (0, 1), done.stderr[-2000:]
    assert "Traceback" not in done.stderr, done.stderr[-2000:]
    assert done.stdout or done.returncode == 0, done.stderr[-2000:]
