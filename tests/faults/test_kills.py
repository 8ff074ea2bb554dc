"""Parts of the app are killed while it works: a small run of benchmarks/faults.py."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "faults.py"
UNSET = ("DJANGO_SETTINGS_MODULE", "PYTEST_XDIST_WORKER", "DATABASE_URL", "BROKER_URL", "CACHE_URL")
KILLS = 20

pytestmark = [pytest.mark.data, pytest.mark.long]


def faults(*options: str) -> dict[str, Any]:
    """Return what the benchmark killed and found."""
    environment = {name: value for name, value in os.environ.items() if name not in UNSET}
    done = subprocess.run(
        [sys.executable, str(SCRIPT), *options, "--json", "--models-dir", str(settings.MODELS_DIR)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout, done.stderr[-2000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.slow(400)
def test_kills_during_an_import_lose_nothing() -> None:
    found = faults("--kills", str(KILLS), "--photos", "100", "--only", "import")
    assert found["wrong"] == []
    assert sum(found["rounds"][0]["kills"].values()) == KILLS
    assert found["rounds"][0]["names"] > 0


@pytest.mark.slow(300)
def test_operations_that_are_killed_and_repeated_lose_nothing() -> None:
    operations = ("backup", "restore", "reindex", "grouping", "undo", "zip", "erasure")
    found = faults("--photos", "30", "--repeat", "2", "--only", *operations)
    assert found["wrong"] == []
    assert found["rounds"][0]["names"] > 0
    assert set(found["operations"]) == set(operations)
