"""Operations that are killed at random moments, repeated and checked: each returns what was wrong."""

from __future__ import annotations

import contextlib
import io
import shutil
import subprocess
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import requests
from fault_app import FaultyApp
from harness import MANAGE

SNAPSHOT = """
import hashlib, json
from django.core.files.storage import default_storage
from albums.models import Image
from faces.models import Face, FaceScan, Person, Verdict

def overlap(a, b):
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    return width * height / (a[2] * a[3] + b[2] * b[3] - width * height)

boxes, originals = {}, []
for face in Face.objects.filter(dismissed=False):
    boxes.setdefault(face.image_id, []).append((face.x, face.y, face.w, face.h))
for image in Image.objects.order_by("pk"):
    with default_storage.open(image.original.name) as file:
        originals.append(hashlib.sha256(file.read()).hexdigest())
double = [pk for pk, found in boxes.items()
          if any(overlap(a, b) > 0.5 for i, a in enumerate(found) for b in found[:i])]
finished = set(FaceScan.objects.exclude(finished_at=None).values_list("image_id", flat=True))
print(json.dumps({
    "originals": originals,
    "double": double,
    "unscanned": [pk for pk in Image.objects.values_list("pk", flat=True) if pk not in finished],
    "faces": Face.objects.count(),
    "verdicts": Verdict.objects.count(),
    "people": {person.name: sorted(Face.objects.filter(person=person).values_list("pk", flat=True))
               for person in Person.objects.exclude(name="")},
}))
"""
FACTS = ("originals", "verdicts")


def killed(app: FaultyApp, *words: object, seconds: float, **environment: str) -> bool:
    """Run a command and kill it and its children at a random moment; return whether it had ended before."""
    process = subprocess.Popen(
        [*MANAGE, *map(str, words)],
        env={**app.environment, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        process.wait(app.random.uniform(0.3, 1.0) * seconds)
    except subprocess.TimeoutExpired:
        with_children = [*psutil.Process(process.pid).children(recursive=True), process]
        for one in with_children:
            one.kill()
        process.wait()
        return False
    return True


def duration(app: FaultyApp, *words: object) -> float:
    """Return the seconds that a command takes."""
    began = time.monotonic()
    done = app.manage(*words)
    if done.returncode:
        raise SystemExit(f"{words[0]} ended with {done.returncode}: {done.stderr[-1000:]}")
    return time.monotonic() - began


def compared(app: FaultyApp, before: dict[str, Any], *, names: bool = True) -> list[str]:
    """Return what differs from an earlier snapshot in photos, names and verdicts."""
    after = app.shell(SNAPSHOT)
    wrong = [f"{fact} differ" for fact in FACTS if before[fact] != after[fact]]
    if names and sorted(before["people"]) != sorted(after["people"]):
        wrong.append(f"names: {sorted(before['people'])} before, {sorted(after['people'])} after")
    wrong += [f"photo {pk} has the same face twice" for pk in after["double"]]
    integrity = app.manage("check_integrity")
    if integrity.returncode:
        wrong.append(f"check_integrity: {integrity.stdout[-500:]}{integrity.stderr[-300:]}")
    return wrong


def _command(*words: str) -> Callable[[FaultyApp, Path, int], list[str]]:
    """Return an operation that kills a command, repeats it to its end, and compares."""

    def operation(app: FaultyApp, folder: Path, times: int) -> list[str]:
        del folder
        before = app.shell(SNAPSHOT)
        seconds = duration(app, *words)
        for _ in range(times):
            killed(app, *words, seconds=seconds)
        duration(app, *words)
        return compared(app, before)

    return operation


def backup(app: FaultyApp, folder: Path, times: int) -> list[str]:
    """Kill backups into one folder, finish one, and verify it."""
    target = folder / "backup"
    before = app.shell(SNAPSHOT)
    seconds = duration(app, "backup", target)
    for _ in range(times):
        shutil.rmtree(target, ignore_errors=app.random.random() < 0.5)
        killed(app, "backup", target, seconds=seconds)
    duration(app, "backup", target)
    duration(app, "backup", target, "--verify")
    return compared(app, before)


def restore(app: FaultyApp, folder: Path, times: int) -> list[str]:
    """Kill restores, repeat each until it ends, and compare with the library."""
    target, data = folder / "backup", folder / "restored"
    duration(app, "backup", target)
    before = app.shell(SNAPSHOT)
    other = FaultyApp.__new__(FaultyApp)
    other.__dict__ |= {**app.__dict__, "environment": {**app.environment, "TROMBINE_DATA": str(data)}}
    seconds = duration(other, "restore", target)
    wrong: list[str] = []
    for _ in range(times):
        shutil.rmtree(data, ignore_errors=True)
        if not killed(other, "restore", target, seconds=seconds):
            duration(other, "restore", target)
        # The worker makes crops and renditions, which a backup does not contain.
        other.manage("check_integrity", "--repair")
        wrong += compared(other, before)
    return wrong


def undo(app: FaultyApp, folder: Path, times: int) -> list[str]:
    """Kill the web server while it undoes a naming; it is undone as a whole, or not at all."""
    del folder
    wrong = []
    app.start()
    try:
        for number in range(times):
            app.wait_until_ready()
            person = app.request("GET", "people/").json()["results"][0]
            old, new = person["name"], f"Undone {number}"
            app.request("PATCH", f"people/{person['id']}/", json={"name": new})
            change = app.request("GET", "changes/").json()["results"][0]
            _kill_web_during(app, f"changes/{change['id']}/undo/")
            app.wait_until_ready()
            name = app.request("GET", f"people/{person['id']}/").json()["name"]
            if name not in (old, new):
                wrong.append(f"undo: {name!r} is neither {old!r} nor {new!r}")
            app.request("POST", f"changes/{change['id']}/undo/")
            name = app.request("GET", f"people/{person['id']}/").json()["name"]
            if name != old:
                wrong.append(f"undo, repeated: {name!r}, expected {old!r}")
    finally:
        app.stop()
    return wrong


def _kill_web_during(app: FaultyApp, path: str) -> None:
    def send() -> None:
        headers = {"Authorization": f"Bearer {app.token}"}
        with contextlib.suppress(requests.RequestException):
            requests.post(f"{app.url}/api/v1/{path}", headers=headers, timeout=20)

    sender = threading.Thread(target=send)
    sender.start()
    time.sleep(app.random.uniform(0, 0.1))
    for process in app._processes("web"):  # noqa: SLF001 - the same benchmark
        with contextlib.suppress(psutil.Error):
            process.kill()
    sender.join()


def archive(app: FaultyApp, folder: Path, times: int) -> list[str]:
    """Kill the web server while it sends a zip; the next one is whole."""
    del folder
    wrong = []
    app.start()
    try:
        ids = [image["id"] for image in app.request("GET", "images/?limit=50").json()["results"]]
        for _ in range(times):
            app.wait_until_ready()
            _kill_web_during(app, "images/zip/")
            app.wait_until_ready()
            answer = app.request("POST", "images/zip/", json={"images": ids})
            with zipfile.ZipFile(io.BytesIO(answer.content)) as zipped:
                if len(zipped.namelist()) != len(ids) or zipped.testzip():
                    wrong.append(f"the zip has {len(zipped.namelist())} of {len(ids)} photos")
    finally:
        app.stop()
    return wrong


def erasure(app: FaultyApp, folder: Path, times: int) -> list[str]:
    """Kill erasures of a person: all of the person's faces are erased, or none."""
    del folder
    wrong = []
    for _ in range(times):
        before = app.shell(SNAPSHOT)
        if not before["people"]:
            break
        name, faces = next(iter(before["people"].items()))
        killed(app, "erase_person", name, "--yes", seconds=4)
        after = app.shell(SNAPSHOT)
        left = before["faces"] - after["faces"]
        if name in after["people"] and left:
            wrong.append(f"erasure: {left} of {len(faces)} faces are gone, and the person is there")
        done = app.manage("erase_person", name, "--yes")
        if name in app.shell(SNAPSHOT)["people"]:
            wrong.append(f"erasure, repeated: the person is still there ({done.stderr[-300:]})")
    integrity = app.manage("check_integrity")
    if integrity.returncode:
        wrong.append(f"check_integrity: {integrity.stdout[-500:]}")
    return wrong


OPERATIONS: dict[str, Callable[[FaultyApp, Path, int], list[str]]] = {
    "backup": backup,
    "restore": restore,
    "reindex": _command("reindex"),
    "grouping": _command("recluster"),
    "undo": undo,
    "zip": archive,
    "erasure": erasure,
}
