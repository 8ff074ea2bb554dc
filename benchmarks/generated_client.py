"""A client that is generated from the schema, and nothing else, goes the whole way through the real app.

Starts the app on a new data folder, makes a throw-away environment with openapi-python-client, generates a
client from the schema that the app serves, and lets `client_journey.py` go through it: it signs in, sends a
folder of photos, waits for the faces, names somebody, searches with a picture, takes the name back, makes an
album and fetches its zip, using the functions and types of that client alone. Ends with 1 when the generator
has anything to say against the schema, when an answer is not of the type that was promised, or is not right.
The photos are those of people who have many in TROMBINE_TEST_DATA.
"""

from __future__ import annotations

import harness  # first: it brings us into the project's environment

# isort: split
import argparse
import json
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from running_app import managed, running_app

GENERATOR = "openapi-python-client==0.29.1"
NAME, PASSWORD = "ada", "a long pass phrase for one run"
PEOPLE, PHOTOS_EACH = 4, 8


def arguments() -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--models-dir", type=Path, help="where the models are (default: TROMBINE_MODELS_DIR)")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="leave the generated client there")
    parser.add_argument("--json", action="store_true", help="print JSON in place of the table")
    return parser.parse_args()


def photos() -> list[Path]:
    """One folder for each of the people who have most photos, in the order of their names."""
    folders = [one for one in (harness.pictures() / "lfw" / "images").iterdir() if one.is_dir()]
    folders.sort(key=lambda one: (-len(list(one.glob("*.jpg"))), one.name))
    return sorted(folders[:PEOPLE])


def environment_make(folder: Path) -> Path:
    """A new environment with the generator, and with what its clients need; returns its Python."""
    venv.create(folder, with_pip=True, symlinks=True)
    python = folder / "bin" / "python"
    # ruff puts what was generated into shape; without it the generator complains of that alone.
    harness.checked_run([str(python), "-m", "pip", "install", "--quiet", GENERATOR, "ruff"])
    return python


def client_generate(python: Path, schema: str, folder: Path) -> None:
    """Generate the client. Whatever the generator has to say beside that it does so ends the script."""
    paths = f"{python.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(
        [
            *(str(python.parent / "openapi-python-client"), "generate"),
            *("--url", schema, "--output-path", str(folder), "--meta", "none", "--fail-on-warning"),
        ],
        env={**os.environ, "PATH": paths, "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode or done.stdout.strip() != f"Generating {folder}":
        sys.exit(f"The generator is not content with the schema:\n{done.stdout}")


def main() -> None:
    """Generate, go the way, and print a line a step."""
    options = arguments()
    environment = {"DJANGO_SUPERUSER_PASSWORD": PASSWORD}
    if options.models_dir is not None:
        environment["TROMBINE_MODELS_DIR"] = str(options.models_dir.absolute())
    folders = photos()
    with tempfile.TemporaryDirectory(prefix="trombine-client-") as place:
        here = Path(place)
        client = (options.keep or here).absolute() / "trombine_client"
        with running_app(here / "data", here / "said.txt", environment, "--workers", "1") as address:
            account = ["createsuperuser", "--noinput", "--username", NAME, "--email", ""]
            managed(here / "data", environment, *account)
            python = environment_make(here / "environment")
            client_generate(python, f"{address}/api/v1/schema/", client)
            done = subprocess.run(
                [
                    *(str(python), str(Path(__file__).with_name("client_journey.py")), address),
                    *(NAME, PASSWORD, str(PHOTOS_EACH), *map(str, folders)),
                ],
                env={**os.environ, "PYTHONPATH": str(client.parent)},
                stdout=subprocess.PIPE,
                text=True,
                check=False,
            )
    if done.returncode:
        sys.exit(done.returncode)
    steps = json.loads(done.stdout)
    if options.json:
        print(json.dumps(steps, indent=2))
        return
    rows = [(one["step"], f"{one['seconds']:.2f}", one["answer"]) for one in steps]
    harness.rows_print(("step", "seconds", "answer"), rows)


if __name__ == "__main__":
    main()
