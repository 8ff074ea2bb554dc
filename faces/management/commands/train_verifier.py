"""Command `train_verifier`: train a model for "same person?" on a folder of people."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from config.commands.reporting import ReportingCommand, Result, failed, first_lines, usage_error
from faces.services.searching.verifier_training import (
    TRIALS,
    LabelledFaces,
    TooFewPeople,
    faces_read,
    pictures_by_person,
    pictures_count,
    verifier_train,
)
from faces.services.searching.verifiers import NAME, verifier_exists
from faces.vision.verifier.measures import Measures
from faces.vision.verifier.splits import LEAST_PEOPLE


class Command(ReportingCommand):
    help = 'Train a model for "same person?" on a folder with a folder of pictures for each person.'
    examples = """
  bin/manage train_verifier ~/pictures/class-of-1995
  bin/manage train_verifier orl --name orl --replace
  bin/manage train_verifier orl --name orl --seed 7 --json

The folder has PERSON/*.jpg (or another picture format), at least ten people with two pictures or more.
The model is tested on people whom it has not seen, and can then be selected on the page "Same person?".
It is never used to group faces.
"""
    interrupted = "Interrupted. Nothing was saved: run it again."
    requires_system_checks = "__all__"  # a missing model is an error

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="FOLDER", help="folder with PERSON/*.jpg")
        parser.add_argument("--name", help="name of the model; by default that of the folder")
        parser.add_argument("--replace", action="store_true", help="replace a model of this name")
        parser.add_argument("--seed", type=int, default=0, help="seed of the split by person; default 0")

    def run(self, **options: Any) -> Result:
        folder: Path = options["folder"]
        name = _name(options["name"] or folder.resolve().name.lower(), replace=options["replace"])
        try:
            people = pictures_by_person(folder)
            with self.bar(desc="Faces", unit="picture", total=pictures_count(people)) as bar:
                faces = faces_read(people, on_picture=bar.update)
        except TooFewPeople as error:
            message = (
                f"{folder} has {error.people} people with two usable pictures or more; {LEAST_PEOPLE} are "
                "needed. The folder must have a folder for each person: PERSON/*.jpg"
            )
            raise usage_error(message, code="too_few_people") from error
        except OSError as error:
            message = f"{folder} cannot be read: {error.strerror or error}"
            raise usage_error(message, code="not_readable") from error
        try:
            with self.bar(desc="Training", unit="trial", total=TRIALS) as bar:
                trained, target = verifier_train(
                    name=name, faces=faces, seed=options["seed"], on_trial=bar.update
                )
        except OSError as error:
            message = f"The model cannot be saved: {error.strerror or error}"
            raise failed(message, code="not_written") from error
        train, validation, test = trained.people
        lines = [
            f"{len(faces.people)} faces; people: {train} to train, {validation} to choose, {test} to test",
            *_left_out(faces),
            _line(name, trained.verifier),
            _line("distance alone", trained.distance),
            f"saved in {target}",
        ]
        data = {
            "name": name,
            "folder": str(target),
            "faces": len(faces.people),
            "without_face": faces.without_face,
            "unreadable": faces.unreadable,
            "verifier": _figures(trained.verifier),
            "distance": _figures(trained.distance),
        }
        return Result(data, lines)


def _name(name: str, *, replace: bool) -> str:
    if not NAME.fullmatch(name):
        message = f"{name!r} is no name for a model. Use --name with up to 40 of a-z, 0-9, - and _."
        raise usage_error(message, code="invalid_name")
    if verifier_exists(name) and not replace:
        raise usage_error(f"There is a model {name} already. Replace it with --replace.", code="name_taken")
    return name


def _left_out(faces: LabelledFaces) -> list[str]:
    left = [f"  no face found: {name}" for name in faces.without_face]
    left += [f"  not readable: {name}" for name in faces.unreadable]
    return first_lines(left)


def _figures(measures: Measures) -> dict[str, float]:
    return {name: round(getattr(measures, name), 6) for name in ("loss", "auc", "accuracy")}


def _line(name: str, measures: Measures) -> str:
    return (
        f"{name}: accuracy {measures.accuracy:.1%}, area under the ROC {measures.auc:.4f}, "
        f"loss {measures.loss:.3f}"
    )
