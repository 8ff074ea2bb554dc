"""Generate a client from the API's schema, and use it alone for a whole journey through the real app.

Starts the app on a new data folder, creates a throw-away environment with openapi-python-client, generates a
client from the schema that the app serves, and runs `client_journey.py` with it: sign in, upload a folder of
photos, wait for the faces, name a person, search with a picture, undo the naming, create an album and
download its zip. Exits with 1 when the generator prints a warning, when a response is not of the documented
type, or when its content is wrong. The photos are those of people with many in TROMBINE_TEST_DATA.
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
import venv
from pathlib import Path

from running_app import managed, running_app

GENERATOR = "openapi-python-client==0.29.1"
NAME, PASSWORD = "ada", "a long pass phrase for one run"
PEOPLE, PHOTOS_EACH = 4, 8


def arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--models-dir", type=Path, help="where the models are (default: TROMBINE_MODELS_DIR)")
    parser.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="write the generated client here and leave it"
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    return parser.parse_args()


def photos() -> list[Path]:
    """Return the folders of the people with most photos, ordered by name."""
    folders = [one for one in (harness.pictures() / "lfw" / "images").iterdir() if one.is_dir()]
    folders.sort(key=lambda one: (-len(list(one.glob("*.jpg"))), one.name))
    return sorted(folders[:PEOPLE])


def environment_make(folder: Path) -> Path:
    """Create an environment with the generator and return its Python."""
    venv.create(folder, with_pip=True, symlinks=True)
    python = folder / "bin" / "python"
    # The generator formats its output with ruff and warns when ruff is missing.
    harness.checked_run([str(python), "-m", "pip", "install", "--quiet", GENERATOR, "ruff"])
    return python


def client_generate(python: Path, schema: str, folder: Path) -> None:
    """Generate the client; exit on any warning or error of the generator."""
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
        sys.exit(f"The generator warns about the schema:\n{done.stdout}")


def main() -> None:
    """Generate the client, run the journey and print a line per step."""
    options = arguments()
    environment = {"DJANGO_SUPERUSER_PASSWORD": PASSWORD}
    if options.models_dir is not None:
        environment["TROMBINE_MODELS_DIR"] = str(options.models_dir.absolute())
    folders = photos()
    with tempfile.TemporaryDirectory(prefix="trombine-client-") as place:
        here = Path(place)
        client = (options.keep or here).absolute() / "trombine_client"
        with running_app(here / "data", here / "app.log", environment, "--workers", "1") as address:
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
