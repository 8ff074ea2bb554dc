"""Measure the actions on a selection of very many photos: the request, the job that it starts, and the undo.

Works on a data folder of create_library.py, or creates one. Every action is requested as the selection bar
does, through all of Django, for all photos of the account, and undone. Seconds: until the response, and
until the end of its job if it starts one. Downloads are measured until the first bytes. With --sizes the
request is measured for so many photos, too, to choose how many are changed at once. More than those must be
changed by a job, at any number.
"""

from __future__ import annotations

import harness  # first: it enters the project's environment

# isort: split
import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from create_library import OWNER, use_folder

MOST_SECONDS = 5.0
"""For any request of 100,000 photos, at a load of the machine below 2."""
JSON = {"Accept": "application/json"}
SMALLEST, FEW = 60, 20
"""Photos of the smallest sample, and those that are changed at once there."""
ACTIONS: dict[str, tuple[str, dict[str, str]]] = {
    "shift dates": ("selection_date", {"how": "shift", "hours": "1"}),
    "set place": ("selection_place", {"place": "45.76, 4.84"}),
    "set description": ("selection_description", {"description": "of the benchmark"}),
    "add tag": ("selection_tags", {"tags": "benchmark"}),
    "favourite": ("selection_mark favourite", {}),
    "archive": ("selection_mark archive", {}),
    "add to album": ("selection", {"new_album": "Album of the benchmark"}),
    "delete": ("selection_bin", {}),
}


def arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "folder", nargs="?", type=Path, metavar="DATA_FOLDER", help="as create_library.py makes it"
    )
    parser.add_argument("--photos", type=int, default=100_000, metavar="N", help="of the created folder")
    parser.add_argument("--sizes", default="", metavar="N,N…", help="also selections of these sizes")
    parser.add_argument("--only", default="", metavar="ACTION,ACTION…", help="only these actions")
    parser.add_argument("--smallest", action="store_true", help=f"{SMALLEST} photos, {FEW} at once")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


class Selection:
    """A signed-in client with the ids of the selected photos."""

    def __init__(self, photos: int | None) -> None:
        from django.conf import settings
        from django.contrib.auth.models import User
        from django.test import Client

        from albums.models import Image

        owner = User.objects.get(username=OWNER)
        self.client = Client(SERVER_NAME="localhost")
        self.client.force_login(owner)
        self.client.cookies[settings.THEME_COOKIE_NAME] = "system"
        own = Image.objects.owned_by(owner).order_by("pk").values_list("pk", flat=True)
        self.ids = list(own[:photos])

    def send(self, address: str, **data: str) -> tuple[dict[str, Any], float]:
        """Send a request as a script does; return the response and the seconds."""
        began = time.perf_counter()
        answer = self.client.post(address, data, headers=JSON)
        seconds = time.perf_counter() - began
        if answer.status_code != 200:
            sys.exit(f"{address} answered {answer.status_code}: {answer.content[:500]!r}")
        return answer.json(), seconds

    def act(self, view: str, data: dict[str, str]) -> dict[str, float]:
        """Request an action and its undo; return the seconds of the requests and of their jobs."""
        from django.urls import reverse

        name, *values = view.split()
        address = reverse(f"albums:{name}", args=values)
        answer, request = self.send(address, image=",".join(map(str, self.ids)), **data)
        answer, job = self.job_end(answer)
        figures = {"request": request, "job": job}
        if answer.get("undo"):
            proof = {"proof": answer["proof"]} if "proof" in answer else {}
            undone, figures["undo"] = self.send(answer["undo"], **proof)
            figures["undo_job"] = self.job_end(undone)[1]
        return figures

    def job_end(self, answer: dict[str, Any]) -> tuple[dict[str, Any], float]:
        """Run the job of a response in this process; return the response about its end, and the seconds."""
        from albums.models import Job
        from albums.services.jobs.running import job_run

        if "job" not in answer:
            return answer, 0.0
        job, began = Job.objects.latest("pk"), time.perf_counter()
        while job.unfinished:
            job_run(job_id=job.pk)
            job.refresh_from_db()
        seconds = time.perf_counter() - began
        if job.state != Job.State.DONE:
            sys.exit(f"{job} ended: {job.reason} {job.detail}")
        return self.client.get(answer["job"], headers=JSON).json(), seconds

    def download(self) -> dict[str, float]:
        """Request a zip and read its first bytes."""
        from django.urls import reverse

        began = time.perf_counter()
        data = {"images": ",".join(map(str, self.ids))}
        answer: Any = self.client.post(reverse("albums:download_selection"), data)
        next(iter(answer.streaming_content))
        seconds = time.perf_counter() - began
        answer.close()
        return {"request": seconds, "job": 0.0}


def measure(only: list[str], sizes: list[int], *, smallest: bool) -> dict[str, dict[str, float]]:
    """Measure every action on this process's data folder."""
    from albums.services.editing import photo_changes

    if smallest:
        photo_changes.MOST_AT_ONCE = FEW
    results = {}
    for photos in [*sizes, None]:
        selection = Selection(photos)
        # Without the first use of the modules.
        Selection(1).act(*ACTIONS["favourite"])
        label = f"{len(selection.ids):,}"
        for name, (view, data) in ACTIONS.items():
            if not only or name in only:
                figures = results[f"{name}, {label}"] = selection.act(view, data)
                if len(selection.ids) > photo_changes.MOST_AT_ONCE and not figures["job"]:
                    sys.exit(f"{name}, {label}: changed within the request")
        if not only or "download" in only:
            results[f"download, {label}"] = selection.download()
    from albums.models import Album

    Album.objects.filter(name=ACTIONS["add to album"][1]["new_album"]).delete()
    return results


def main() -> None:
    """Measure, print, and exit with 1 when a request takes too long."""
    options = arguments()
    photos = SMALLEST if options.smallest else options.photos
    only = [name for name in options.only.split(",") if name]
    sizes = [int(size) for size in options.sizes.split(",") if size]
    if options.one:
        use_folder(options.folder)
        from django.core.management import call_command

        from config.local_services import embedded

        with embedded.services():
            call_command("migrate", verbosity=0, interactive=False)
            print(json.dumps(measure(only, sizes, smallest=options.smallest)))
        return
    with tempfile.TemporaryDirectory(prefix="trombine-many-") as place:
        folder = options.folder or Path(place) / "library"
        if options.folder is None:
            script = str(Path(__file__).with_name("create_library.py"))
            people = max(photos // 100, 1)
            command = [sys.executable, script, str(folder), "--photos", str(photos)]
            subprocess.run([*command, "--people", str(people)], check=True, stdout=sys.stderr)
        command = [sys.executable, __file__, "--one", str(folder), "--only", options.only]
        command += ["--sizes", options.sizes, *(["--smallest"] if options.smallest else [])]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    results: dict[str, dict[str, float]] = json.loads(done.stdout)
    if options.json:
        print(json.dumps(results, indent=2))
    else:
        columns = ("request", "job", "undo", "undo_job")
        harness.rows_print(
            ("action, photos", "request, s", "job, s", "undo, s", "its job, s"),
            [
                (name, *(f"{figures[column]:.2f}" if column in figures else "" for column in columns))
                for name, figures in results.items()
            ],
        )
    slow = [name for name, figures in results.items() if figures["request"] > MOST_SECONDS]
    if slow:
        sys.exit(f"More than {MOST_SECONDS} seconds: {', '.join(slow)}")


if __name__ == "__main__":
    main()
