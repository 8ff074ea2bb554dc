"""faces.tasks under a hard time limit, which kills the process that works: in a real worker."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection

from faces.models import FaceScan
from faces.services.detecting.scans import scans_open
from tests.rows import image_rows

PROGRAM = Path(__file__).with_name("hanging_worker.py")
SECONDS = 60


def database_url() -> str:
    given = connection.settings_dict
    secret = f":{quote(given['PASSWORD'])}" if given["PASSWORD"] else ""
    return (
        f"postgres://{given['USER']}{secret}@{quote(given['HOST'], safe='')}:{given['PORT']}/{given['NAME']}"
    )


def states() -> dict[int, tuple[str, str]]:
    return {scan.image_id: (scan.state, scan.reason) for scan in FaceScan.objects.all()}


@pytest.mark.long
@pytest.mark.slow(10)
@pytest.mark.django_db(transaction=True)
def test_neighbours_of_a_photo_that_never_ends_are_looked_at_at_once_and_it_is_given_up(
    ada: User, tmp_path: Path
) -> None:
    first, hanging, last = scans_open([image.pk for image in image_rows(ada, 3)])
    with (
        (tmp_path / "log").open("w") as log,
        subprocess.Popen(
            [sys.executable, str(PROGRAM), *map(str, (hanging, first, hanging, last))],
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "config.settings.test",
                "PYTHONPATH": str(Path(__file__).resolve().parents[3]),
                "TROMBINE_DATA": str(settings.DATA_DIR),
                "DATABASE_URL": database_url(),
                # With it the settings of the tests take the data folder and its broker as they are.
                "PYTEST_XDIST_WORKER": os.environ.get("PYTEST_XDIST_WORKER", "gw0"),
            },
            stdout=log,
            stderr=log,
            start_new_session=True,
        ) as worker,
    ):
        try:
            end = time.monotonic() + SECONDS
            while "pending" in {state for state, _ in states().values()} and time.monotonic() < end:
                time.sleep(0.2)
        finally:
            os.killpg(worker.pid, signal.SIGKILL)
    assert states() == {
        first: ("failed", "looked_at"),
        hanging: ("failed", "crashed"),
        last: ("failed", "looked_at"),
    }, (tmp_path / "log").read_text()
