"""Open data folders of earlier commits with the present code, and compare photos, faces, names and verdicts.

For each commit a work tree is checked out, its own code imports a few photos and groups their faces, and the
people are named and partly confirmed. Then the present code starts on that data folder, migrates it, and must
find every name with the same faces; its pages must show them, and `check_integrity` must find nothing wrong.
`--make FOLDER` only makes such a folder, with the code of COMMIT or the present one, to keep it for later
versions; `--open FOLDER` tests one that was made earlier. Exits with 1 when anything is lost.
"""

from __future__ import annotations

import harness

# isort: split
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PEOPLE, PHOTOS = 3, 5
NAME = """
from django.contrib.auth.models import User
from faces.models import Face, Person, Verdict
owner = User.objects.get()
owner.set_password("a pass phrase of the benchmark")
owner.save()
for number, person in enumerate(Person.objects.filter(owner=owner).order_by("pk")):
    person.name = f"Zoë {number}"
    person.save()
    face = Face.objects.filter(person=person).order_by("pk").first()
    if face is not None:
        Verdict.objects.create(person=person, face=face, kind="is", by=owner)
"""
SNAPSHOT = """
import json
from albums.models import Image
from faces.models import Face, Person, Verdict
named = Person.objects.exclude(name="")
print(json.dumps({
    "photos": Image.objects.count(),
    "faces": Face.objects.count(),
    "verdicts": Verdict.objects.count(),
    "people": {person.name: sorted(Face.objects.filter(person=person).values_list("pk", flat=True))
               for person in named},
}))
"""
PAGES = """
import json
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
settings.ALLOWED_HOSTS = ["testserver"]
client = Client(raise_request_exception=False)
client.force_login(User.objects.get())
answers = {path: client.get(path) for path in ("/", "/people/", "/albums/", "/settings/")}
print(json.dumps({
    "status": {path: answer.status_code for path, answer in answers.items()},
    "text": answers["/people/"].content.decode(),
}))
"""


def arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("commits", nargs="*", metavar="COMMIT", help="instead of the last ones")
    parser.add_argument("--last", type=int, default=50, metavar="N", help="the last N commits of this branch")
    parser.add_argument("--make", type=Path, metavar="FOLDER", help="only make a data folder")
    parser.add_argument("--open", type=Path, metavar="FOLDER", help="only open a copy of this data folder")
    parser.add_argument("--models-dir", type=Path, metavar="DIR")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser.parse_args()


def git(*words: str) -> str:
    """Run git in the repository and return its output."""
    return harness.checked_run(["git", "-C", str(harness.ROOT), *words]).strip()


@contextmanager
def checkout(commit: str) -> Iterator[Path]:
    """A work tree of a commit in a temporary folder."""
    folder = Path(tempfile.mkdtemp(prefix="trombine-w-")) / "tree"
    git("worktree", "add", "--detach", "--force", str(folder), commit)
    try:
        yield folder
    finally:
        git("worktree", "remove", "--force", str(folder))
        shutil.rmtree(folder.parent)


def manage(tree: Path, data: Path, *words: str) -> str:
    """Run a management command of a work tree on a data folder and return its output."""
    done = subprocess.run(
        [sys.executable, str(tree / "manage.py"), *words],
        cwd=tree,
        env={**os.environ, "TROMBINE_DATA": str(data)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{words[0]} ended with {done.returncode}: {(done.stderr or done.stdout)[-1000:]}")
    return done.stdout


def python(tree: Path, data: Path, code: str) -> Any:
    """Run code in the shell of a work tree and return the JSON of its last line."""
    lines = manage(tree, data, "shell", "--no-imports", "-c", code).strip().splitlines()
    return json.loads(lines[-1]) if lines else None


def few_photos(folder: Path) -> Path:
    """Copy a few photos of a few people into a folder."""
    folder.mkdir()
    source = harness.pictures() / "lfw" / "images"
    people = sorted(path for path in source.iterdir() if len(list(path.iterdir())) >= PHOTOS)
    for person in people[:PEOPLE]:
        for path in sorted(person.iterdir())[:PHOTOS]:
            shutil.copy(path, folder / f"{person.name} {path.name}")
    return folder


def make(tree: Path, data: Path, photos: Path) -> None:
    """Import the photos with the code of a work tree and name the people."""
    manage(tree, data, "start", "--exit", "--json", str(photos))
    python(tree, data, NAME)
    (data / "snapshot.json").write_text(json.dumps(python(tree, data, SNAPSHOT)))


def opened(data: Path, before: dict[str, Any]) -> list[str]:
    """Open a data folder with the present code; return what is wrong."""
    root = harness.ROOT
    manage(root, data, "start", "--exit", "--json")
    after, pages = python(root, data, SNAPSHOT), python(root, data, PAGES)
    wrong = [
        f"{name}: {before[name]} before, {after[name]} after"
        for name in before
        if before[name] != after[name]
    ]
    wrong += [f"{path}: {status}" for path, status in pages["status"].items() if status != 200]
    wrong += [
        f"{name} is not on the page of people" for name in before["people"] if name not in pages["text"]
    ]
    integrity = subprocess.run(
        [sys.executable, str(root / "manage.py"), "check_integrity"],
        env={**os.environ, "TROMBINE_DATA": str(data)},
        capture_output=True,
        text=True,
        check=False,
    )
    if integrity.returncode:
        wrong.append(f"check_integrity: {integrity.stdout[-500:]}{integrity.stderr[-500:]}")
    return wrong


def tried(commit: str, photos: Path) -> dict[str, Any]:
    """Make a data folder with a commit's code and open it with the present code."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="trombine-v-") as scratch, checkout(commit) as tree:
        data = Path(scratch) / "data"
        make(tree, data, photos)
        before = json.loads((data / "snapshot.json").read_text())
        if not before["people"]:
            sys.exit(f"{commit} found no people in the photos.")
        try:
            wrong = opened(data, before)
        except RuntimeError as error:
            wrong = [str(error)]
    subject = git("log", "-1", "--format=%h %s", commit)
    seconds = round(time.monotonic() - began, 1)
    return {"commit": subject, "people": len(before["people"]), "faces": before["faces"], "wrong": wrong,
            "seconds": seconds}  # fmt: skip


def main() -> None:
    """Print a line for each commit, and exit with 1 when anything is lost."""
    options = arguments()
    os.environ["TROMBINE_MODELS_DIR"] = str(harness.use_models([], options.models_dir))
    with tempfile.TemporaryDirectory(prefix="trombine-f-") as scratch:
        photos = few_photos(Path(scratch) / "photos")
        if options.make:
            commit = options.commits[0] if options.commits else "HEAD"
            with checkout(commit) as tree:
                make(tree, options.make.absolute(), photos)
            print(f"{options.make}: {git('log', '-1', '--format=%h %s', commit)}")
            return
        if options.open:
            copied = Path(scratch) / "data"
            shutil.copytree(options.open, copied, symlinks=True)
            before = json.loads((options.open / "snapshot.json").read_text())
            results = [{"commit": str(options.open), "wrong": opened(copied, before)}]
        else:
            commits = (
                options.commits or git("rev-list", "--first-parent", "-n", str(options.last), "HEAD").split()
            )
            results = []
            for commit in commits:
                results.append(tried(commit, photos))
                if not options.json:
                    one = results[-1]
                    print(f"{'LOST' if one['wrong'] else 'whole'}  {one['seconds']:5.0f} s  {one['commit']}")
                    print("".join(f"    {line}\n" for line in one["wrong"]), end="", flush=True)
    lost = [one for one in results if one["wrong"]]
    if options.json:
        print(json.dumps({"tried": len(results), "lost": len(lost), "results": results}))
    else:
        print(f"{len(results)} data folders opened, {len(lost)} with losses")
    sys.exit(1 if lost else 0)


if __name__ == "__main__":
    main()
