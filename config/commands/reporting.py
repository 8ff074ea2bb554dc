"""How a management command tells what came of it: lines or one JSON object, progress, and an exit code.

Every command of ours is a `ReportingCommand`: it returns an `Outcome`, or raises a `CommandFailure`. With
`--json` standard output holds one JSON object and nothing else; what went wrong is its member "error".
"""

import argparse
import contextlib
import enum
import functools
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

JSON_OPTION = "--json"


class Exit(enum.IntEnum):
    """Exit codes, as documented in docs/commands.md."""

    DONE = 0
    PROBLEM = 1  # done, but something failed or was found, and is named
    WRONG_ARGUMENTS = 2
    CANNOT_NOW = 3  # database, broker or models missing or busy; the message says what to do
    INTERRUPTED = 130  # run again, it goes on


class CommandFailure(CommandError):
    """The end of a command that is not a good one: a message, a stable code for scripts, an exit code.

    data: what there is to tell all the same, with `--json`.
    """

    def __init__(self, message: str, *, code: str, ends: Exit, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(message, returncode=int(ends))
        self.code = code
        self.data = dict(data or {})


def wrong(message: str, *, code: str = "wrong_arguments") -> CommandFailure:
    """What was asked for makes no sense; the message names the legal values."""
    return CommandFailure(message, code=code, ends=Exit.WRONG_ARGUMENTS)


def cannot(message: str, *, code: str) -> CommandFailure:
    """It makes sense and does not work now; the message says what to do."""
    return CommandFailure(message, code=code, ends=Exit.CANNOT_NOW)


def problem(message: str, *, code: str) -> CommandFailure:
    """It was done, and something failed or was found."""
    return CommandFailure(message, code=code, ends=Exit.PROBLEM)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a command. data: for programs, of plain values. lines: the same for people.

    failure: how it ends, when that is no good end.
    """

    data: Mapping[str, Any] = field(default_factory=dict)
    lines: Sequence[str] = ()
    failure: CommandFailure | None = None


def wants_json(arguments: Sequence[str]) -> bool:
    """Whether the command line asks for JSON."""
    return JSON_OPTION in arguments


def as_json(data: Mapping[str, Any]) -> str:
    """One line of JSON; moments and paths as text."""
    return json.dumps(data, default=str, ensure_ascii=False)


def tell(error: CommandError, *, code: str = "failed", json_wanted: bool) -> None:
    """Print the last word of a command that fails: a line for people, or an object for programs."""
    if json_wanted:
        code = error.code if isinstance(error, CommandFailure) else code
        data = error.data if isinstance(error, CommandFailure) else {}
        print(as_json({**data, "error": {"code": code, "message": str(error)}}))  # noqa: T201 - the answer
    else:
        print(f"trombine: {error}", file=sys.stderr)  # noqa: T201 - the answer


class ReportingCommand(BaseCommand):
    """A command with examples in its help, progress, `--json`, and an end that means something.

    The class names its `examples`; the work is in `work`, which returns an `Outcome`.
    """

    examples: ClassVar[str] = ""
    interrupted: ClassVar[str] = "Interrupted. What was done is kept: run it again to go on."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """With the examples as they are written, and with the options that all have."""
        kwargs |= {
            "epilog": f"examples:\n{self.examples.strip(chr(10))}\n",
            "formatter_class": argparse.RawDescriptionHelpFormatter,
        }
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.add_argument(JSON_OPTION, action="store_true", help="print one JSON object and nothing else")
        parser.add_argument("--no-progress", action="store_true", help="show no progress bar")
        complain = parser.error

        def error(message: str) -> NoReturn:
            if getattr(parser, "called_from_command_line", False) and wants_json(sys.argv):
                tell(wrong(message), json_wanted=True)
                sys.exit(Exit.WRONG_ARGUMENTS)
            complain(message)
            raise AssertionError("argparse ends the program, or raises")

        parser.error = error  # type: ignore[method-assign]  # of this one parser
        return parser

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do the work, and tell what came of it."""
        json_wanted = bool(options.get("json"))
        self.bar: Callable[..., tqdm[Any]] = functools.partial(
            tqdm, file=sys.stderr, disable=True if options.get("no_progress") else None
        )
        try:
            # Whatever prints while it works must not come between the reader and the object.
            with contextlib.redirect_stdout(sys.stderr) if json_wanted else contextlib.nullcontext():
                outcome = self.work(**options)
        except KeyboardInterrupt as stop:
            raise CommandFailure(self.interrupted, code="interrupted", ends=Exit.INTERRUPTED) from stop
        failure = outcome.failure
        if json_wanted:
            if failure is None:
                self.stdout.write(as_json(outcome.data))
            else:
                failure.data = {**outcome.data, **failure.data}
        else:
            for line in outcome.lines:
                self.stdout.write(line)
        if failure is not None:
            raise failure

    def work(self, **options: Any) -> Outcome:
        """What the command does. Raises CommandFailure, or returns an outcome with one."""
        raise NotImplementedError
