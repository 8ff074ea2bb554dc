"""Parts of the app are killed while it works: the smallest sample of benchmarks/faults.py.

Twenty kills and the other operations take minutes: that is the benchmark's default.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "faults.py"
UNSET = ("DJANGO_SETTINGS_MODULE", "PYTEST_XDIST_WORKER", "DATABASE_URL", "BROKER_URL", "CACHE_URL")


@pytest.mark.data
@pytest.mark.slow(60)
def test_kills_during_an_import_lose_nothing() -> None:
    environment = {name: value for name, value in os.environ.items() if name not in UNSET}
    command = [sys.executable, str(SCRIPT), "--kills", "4", "--photos", "30", "--only", "import", "--json"]
    done = subprocess.run(
        [*command, "--models-dir", str(settings.MODELS_DIR)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout, done.stderr[-2000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["wrong"] == []
    assert sum(found["rounds"][0]["kills"].values()) == 4
    assert found["rounds"][0]["names"] > 0
