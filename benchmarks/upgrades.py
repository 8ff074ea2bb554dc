"""Open data folders of earlier commits with the present code, and compare photos, faces, names and verdicts.

For each commit a work tree is checked out, its own code imports a few photos and groups their faces, and the
people are named and partly confirmed. Then the present code starts on that data folder, migrates it, and must
find every name with the same faces; its pages must show them, and `check_integrity` must find nothing wrong.
Of the last commits, one of each set of migrations is opened, and the commit of each version (tags such as
v1.0.0). The work trees use this environment: a commit that cannot run in it is reported as not made.

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
VERSIONS = "v[0-9]*"
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
snapshot = {
    "photos": Image.objects.count(),
    "faces": Face.objects.count(),
    "verdicts": Verdict.objects.count(),
    "people": {person.name: sorted(Face.objects.filter(person=person).values_list("pk", flat=True))
               for person in named},
}
"""
PAGES = """
import io
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
settings.ALLOWED_HOSTS = ["testserver"]
client = Client()
client.force_login(User.objects.get())
answers = {path: client.get(path) for path in ("/", "/people/", "/albums/", "/settings/")}
integrity = io.StringIO()
try:
    call_command("check_integrity", stdout=integrity)
except SystemExit as end:
    integrity.write(f"ended with {end.code}")
    exit_code = end.code
else:
    exit_code = 0
snapshot |= {
    "status": {path: answer.status_code for path, answer in answers.items()},
    "text": answers["/people/"].content.decode(),
    "integrity": integrity.getvalue()[-500:] if exit_code else "",
}
"""
PRINT = "print(json.dumps(snapshot))"


def arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("commits", nargs="*", metavar="COMMIT", help="instead of the last ones")
    parser.add_argument(
        "--last", type=int, default=50, metavar="N", help="of the last N commits of this branch"
    )
    parser.add_argument("--each", action="store_true", help="each of them, not one of each set of migrations")
    parser.add_argument("--smallest", action="store_true", help="the present commit alone")
    parser.add_argument("--make", type=Path, metavar="FOLDER", help="only make a data folder")
    parser.add_argument("--open", type=Path, metavar="FOLDER", help="only open a copy of this data folder")
    parser.add_argument("--models-dir", type=Path, metavar="DIR")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser.parse_args()


def git(*words: str) -> str:
    """Run git in the repository and return its output."""
    return harness.checked_run(["git", "-C", str(harness.ROOT), *words]).strip()


def commits_of(last: int, *, each: bool) -> list[str]:
    """Return the commits of all versions, and of the last ones the oldest with each set of migrations."""
    commits = git("rev-list", "--first-parent", "-n", str(last), "HEAD").split()
    oldest = {migrations(commit): commit for commit in commits}
    versions = [git("rev-list", "-n", "1", tag) for tag in git("tag", "--list", VERSIONS).split()]
    return list(dict.fromkeys([*(commits if each else oldest.values()), *versions]))


def migrations(commit: str) -> str:
    """Return the migrations of a commit, with the digests of their files."""
    files = git("ls-tree", "-r", commit).splitlines()
    return "\n".join(line for line in files if "/migrations/" in line)


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


def manage(tree: Path, data: Path, *words: str, **environment: str) -> str:
    """Run a management command of a work tree on a data folder and return its output."""
    done = subprocess.run(
        [sys.executable, str(tree / "manage.py"), *words],
        cwd=tree,
        env={**os.environ, "TROMBINE_DATA": str(data), **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{words[0]} ended with {done.returncode}: {(done.stderr or done.stdout)[-1000:]}")
    return done.stdout


def python(tree: Path, data: Path, *code: str) -> dict[str, Any]:
    """Run code in the shell of a work tree and return the JSON of its last line."""
    words = ("shell", "--no-imports", "-c", "".join((*code, PRINT)))
    # Of development, since `start --exit` collects no static files for pages.
    done = manage(tree, data, *words, DJANGO_SETTINGS_MODULE="config.settings.development")
    printed: dict[str, Any] = json.loads(done.strip().splitlines()[-1])
    return printed


def few_photos(folder: Path) -> Path:
    """Copy a few photos of a few people into a folder."""
    folder.mkdir()
    source = harness.pictures() / "lfw" / "images"
    people = sorted(path for path in source.iterdir() if len(list(path.iterdir())) >= PHOTOS)
    for person in people[:PEOPLE]:
        for path in sorted(person.iterdir())[:PHOTOS]:
            shutil.copy(path, folder / f"{person.name} {path.name}")
    return folder


def make(tree: Path, data: Path, photos: Path) -> dict[str, Any]:
    """Import the photos with the code of a work tree, name the people, and return what is there."""
    manage(tree, data, "start", "--exit", "--json", str(photos))
    snapshot = python(tree, data, NAME, SNAPSHOT)
    if not snapshot["people"]:
        raise RuntimeError("No people were found in the photos.")
    (data / "snapshot.json").write_text(json.dumps(snapshot))
    return snapshot


def opened(data: Path, before: dict[str, Any]) -> list[str]:
    """Open a data folder with the present code; return what is wrong."""
    try:
        manage(harness.ROOT, data, "start", "--exit", "--json")
        after = python(harness.ROOT, data, SNAPSHOT, PAGES)
    except RuntimeError as error:
        return [str(error)]
    wrong = [
        f"{name}: {before[name]} before, {after[name]} after"
        for name in before
        if before[name] != after[name]
    ]
    wrong += [f"{path}: {status}" for path, status in after["status"].items() if status != 200]
    wrong += [
        f"{name} is not on the page of people" for name in before["people"] if name not in after["text"]
    ]
    if after["integrity"]:
        wrong.append(f"check_integrity: {after['integrity']}")
    return wrong


def tried(commit: str, photos: Path) -> dict[str, Any]:
    """Make a data folder with a commit's code and open it with the present code."""
    began = time.monotonic()
    result: dict[str, Any] = {"commit": git("log", "-1", "--format=%h %s", commit), "wrong": []}
    with tempfile.TemporaryDirectory(prefix="trombine-v-") as scratch, checkout(commit) as tree:
        data = Path(scratch) / "data"
        try:
            before = make(tree, data, photos)
        except RuntimeError as error:
            result["not_made"] = str(error)
        else:
            result |= {"people": len(before["people"]), "faces": before["faces"]}
            result["wrong"] = opened(data, before)
    return {**result, "seconds": round(time.monotonic() - began, 1)}


def line_of(result: dict[str, Any]) -> str:
    """Return the lines that tell a result."""
    state = "LOST" if result["wrong"] else "not made" if "not_made" in result else "whole"
    details = [*result["wrong"], *([result["not_made"]] if "not_made" in result else [])]
    first = f"{state:8}  {result['seconds']:5.0f} s  {result['commit']}"
    return "\n".join([first, *(f"    {line}" for line in details)])


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
            results = [opened_copy(options.open, Path(scratch) / "data")]
            if not options.json:
                print(line_of(results[0]))
        else:
            commits = options.commits or commits_of(
                1 if options.smallest else options.last, each=options.each
            )
            results = []
            for commit in commits:
                results.append(tried(commit, photos))
                if not options.json:
                    print(line_of(results[-1]), flush=True)
    lost = [one for one in results if one["wrong"]]
    not_made = [one for one in results if "not_made" in one]
    if options.json:
        print(json.dumps({"tried": len(results), "lost": len(lost), "not_made": len(not_made),
                          "results": results}))  # fmt: skip
    else:
        print(f"{len(results) - len(not_made)} data folders opened, {len(lost)} with losses; "
              f"{len(not_made)} not made")  # fmt: skip
    sys.exit(1 if lost else 0)


def opened_copy(folder: Path, copied: Path) -> dict[str, Any]:
    """Open a copy of a data folder that was made earlier."""
    began = time.monotonic()
    shutil.copytree(folder, copied, symlinks=True)
    before = json.loads((folder / "snapshot.json").read_text())
    wrong = opened(copied, before)
    return {"commit": str(folder), "wrong": wrong, "seconds": round(time.monotonic() - began, 1)}


if __name__ == "__main__":
    main()
