"""Run the benchmarks one after another, and write what they print into one file with their commits.

Albums and data folders that they need are made first. The file has a table of all results, newest figures of
each script only: whether its requirements were reached, its time, the load of the machine, the commit and the
day, which tell whether a figure is older than the code that it measures. Results of scripts that are not run
stay. The file is written after each script: an interrupted run loses nothing.

    benchmarks/all.py                              all, with their usual arguments: hours
    benchmarks/all.py verification page_latency    these
    benchmarks/all.py --list                       their names, arguments and the age of their results
"""

from __future__ import annotations

import harness  # first: it enters the project's environment

# isort: split
import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from registry import ALBUM, BENCHMARKS, HARD_ALBUM, LIBRARY, NEW, OTHERS

HERE = Path(__file__).resolve().parent
ENDS = {0: "reached", 1: "**missed**"}
"""The result of a run by its exit status; any other status is an error of the script."""
ALBUM_SIZES = {
    "usual": ("--photos", "400", "--people", "60"),
    "smallest": ("--photos", "20", "--people", "3"),
}
LIBRARY_SIZES = {
    "usual": ("--photos", "100000", "--people", "1000"),
    "smallest": ("--photos", "300", "--people", "20"),
}
HEAD = """# Results of `all.py`

Written by `benchmarks/all.py` out of `{data}`, which has what each script printed. `benchmarks/README.md`
explains the figures. "Reached": all requirements of the script. Load: of the machine when the script began.

| script | arguments | requirements | seconds | load | commit | day |
|---|---|---|---|---|---|---|
"""


@dataclass(frozen=True, slots=True)
class Result:
    """A run of a script. load: of the minute before it began. commit: with "+" if the code differed."""

    arguments: str
    status: int
    seconds: float
    load: float
    commit: str
    day: str
    output: str


def arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="scripts to run, without .py (default: all)")
    parser.add_argument(
        "--smallest", action="store_true", help="the smallest samples, whose figures mean nothing"
    )
    parser.add_argument("--list", action="store_true", help="only list the scripts and their results")
    parser.add_argument(
        "--results", type=Path, default=HERE / "results.json", metavar="FILE", help="default: %(default)s"
    )
    parser.add_argument(
        "--maker", type=Path, metavar="FILE", help="the album maker (default: beside the pictures)"
    )
    parser.add_argument(
        "--library", type=Path, metavar="FOLDER", help="a data folder that create_library.py made"
    )
    options = parser.parse_args()
    if unknown := [name for name in options.names if name not in BENCHMARKS]:
        reasons = [f"{name}: {OTHERS.get(name, 'there is no such script')}." for name in unknown]
        parser.error(" ".join(reasons))
    return options


class Places:
    """Albums and data folders, each made when it is first needed."""

    def __init__(self, scratch: Path, size: str, *, maker: Path | None, library: Path | None) -> None:
        self._scratch, self._size, self._maker = scratch, size, maker
        self._made: dict[str, Path] = {} if library is None else {LIBRARY: library.absolute()}
        self._makers: dict[str, Callable[[Path], None]] = {
            ALBUM: self._album,
            HARD_ALBUM: lambda path: self._album(path, "--hard"),
            LIBRARY: self._library,
        }

    def filled(self, words: Iterable[str]) -> list[str]:
        """Return arguments with paths in place of the placeholders."""
        return [str(self._path(word)) if word in (*self._makers, NEW) else word for word in words]

    def _path(self, name: str) -> Path:
        if name == NEW:
            return Path(tempfile.mkdtemp(dir=self._scratch)) / "new"
        if name not in self._made:
            self._made[name] = self._scratch / name.lower()
            self._makers[name](self._made[name])
        return self._made[name]

    def _album(self, path: Path, *options: str) -> None:
        maker = self._maker or harness.pictures().parent / "tools" / "make_album.py"
        if not maker.is_file():
            sys.exit(f"There is no album maker {maker}. Name it by --maker, or name the scripts to run.")
        sizes = ALBUM_SIZES[self._size]
        people = harness.pictures() / "lfw" / "images"
        harness.checked_run(
            [sys.executable, str(maker), str(people), str(path), *sizes, "--seed", "5", *options]
        )

    def _library(self, path: Path) -> None:
        script = str(HERE / "create_library.py")
        harness.checked_run([sys.executable, script, str(path), *LIBRARY_SIZES[self._size]])


def run(name: str, words: tuple[str, ...], places: Places) -> Result:
    """Run a script to its end, whatever that is."""
    command = [sys.executable, str(HERE / f"{name}.py"), *places.filled(words)]
    load, began = os.getloadavg()[0], time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    output = done.stdout if done.returncode in ENDS else done.stdout + done.stderr[-2000:]
    return Result(
        arguments=" ".join(words),
        status=done.returncode,
        seconds=round(time.monotonic() - began, 1),
        load=round(load, 1),
        commit=commit(),
        day=f"{datetime.now(UTC):%Y-%m-%d}",
        output=without_paths(output.rstrip(), command),
    )


def commit() -> str:
    """Return the present commit, with "+" if the code differs from it."""
    git = ["git", "-C", str(harness.ROOT)]
    known = harness.checked_run([*git, "rev-parse", "--short=8", "HEAD"]).strip()
    changed = harness.checked_run([*git, "status", "--porcelain", "--", "*.py", "*.html", "*.js", "*.css"])
    return f"{known}+" if changed.strip() else known


def without_paths(text: str, command: Iterable[str]) -> str:
    """Return the output with the last part of each folder of this machine alone."""
    folders = {str(Path(word).parent) for word in command if Path(word).is_absolute()}
    for folder in sorted({*folders, str(harness.ROOT), tempfile.gettempdir()}, key=len, reverse=True):
        text = text.replace(f"{folder}/", "")
    return text


def write(path: Path, results: dict[str, Result]) -> None:
    """Write the results, and the table beside them."""
    ordered = {name: asdict(results[name]) for name in sorted(results)}
    path.write_text(json.dumps(ordered, indent=1, ensure_ascii=False) + "\n")
    lines = [HEAD.format(data=path.name)]
    for name in ordered:
        one = results[name]
        end = ENDS.get(one.status, f"ended with {one.status}")
        words = f"`{one.arguments}`" if one.arguments else ""
        lines.append(
            f"| `{name}` | {words} | {end} | {one.seconds:.0f} | {one.load} | {one.commit} | {one.day} |\n"
        )
    lines += [f"\n## {name}\n\n```\n{results[name].output}\n```\n" for name in ordered]
    path.with_suffix(".md").write_text("".join(lines))


def known_results(path: Path) -> dict[str, Result]:
    """Return the results of earlier runs, of scripts that still exist."""
    if not path.is_file():
        return {}
    return {name: Result(**one) for name, one in json.loads(path.read_text()).items() if name in BENCHMARKS}


def main() -> None:
    """Run, write, and exit with 1 unless each script ended and reached its requirements."""
    options = arguments()
    results = known_results(options.results)
    size = "smallest" if options.smallest else "usual"
    names = options.names or list(BENCHMARKS)
    if options.list:
        rows = [
            (name, " ".join(getattr(BENCHMARKS[name], size)), *((one.commit, one.day) if one else ("", "")))
            for name in names
            for one in [results.get(name)]
        ]
        harness.rows_print(("script", "arguments", "commit", "day"), rows)
        return
    bad = []
    with tempfile.TemporaryDirectory(prefix="trombine-all-") as scratch:
        places = Places(Path(scratch), size, maker=options.maker, library=options.library)
        for number, name in enumerate(names, 1):
            print(f"[{number}/{len(names)}] {name} ... ", end="", flush=True)
            one = results[name] = run(name, getattr(BENCHMARKS[name], size), places)
            write(options.results, results)
            end = {0: "reached", 1: "missed"}.get(one.status, f"ended with {one.status}")
            print(f"{end}, {one.seconds:.0f} s", flush=True)
            bad += [name] if one.status else []
    print(f"Written to {options.results.with_suffix('.md')}.")
    if bad:
        sys.exit(f"Not reached: {', '.join(bad)}")


if __name__ == "__main__":
    main()
