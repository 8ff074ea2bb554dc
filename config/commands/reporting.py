"""Base class of management commands, with progress, JSON output and exit codes.

Commands return a `Result` or raise a `CommandFailure`: "error" in the single JSON object of `--json`.
"""

import argparse
import contextlib
import enum
import functools
import json
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser, SystemCheckError
from tqdm import tqdm

JSON_OPTION = "--json"
MAX_LINES = 20


class Exit(enum.IntEnum):
    """Exit codes, as documented in docs/commands.md."""

    OK = 0
    FAILED = 1
    USAGE = 2
    UNAVAILABLE = 3
    INTERRUPTED = 130


class CommandFailure(CommandError):
    """A failure with a message, a stable code for scripts and an exit code. data: more JSON members."""

    def __init__(self, message: str, *, code: str, exit_code: Exit) -> None:
        super().__init__(message, returncode=int(exit_code))
        self.code = code
        self.data: dict[str, Any] = {}


def usage_error(message: str, *, code: str = "wrong_arguments") -> CommandFailure:
    """Return the failure for invalid arguments; the message names the valid ones."""
    return CommandFailure(message, code=code, exit_code=Exit.USAGE)


def unavailable(message: str, *, code: str) -> CommandFailure:
    """Return the failure for a missing or busy service, model or row; the message says what to do."""
    return CommandFailure(message, code=code, exit_code=Exit.UNAVAILABLE)


def failed(message: str, *, code: str) -> CommandFailure:
    """Return the failure for a command that ran and partially failed or found problems."""
    return CommandFailure(message, code=code, exit_code=Exit.FAILED)


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a command: `data` for programs, the same as `lines` for people, and a failure if any."""

    data: Mapping[str, Any] = field(default_factory=dict)
    lines: Sequence[str] = ()
    failure: CommandFailure | None = None


def first_lines(lines: Sequence[str], *, total: int | None = None) -> list[str]:
    """Return the first lines, and the number of further ones; `total` is the number of all."""
    rest = (len(lines) if total is None else total) - MAX_LINES
    return [*lines[:MAX_LINES], *([f"  and {rest} more"] if rest > 0 else [])]


def wants_json(arguments: Sequence[str]) -> bool:
    """Return whether the command line requests JSON."""
    return JSON_OPTION in arguments


def as_json(data: Mapping[str, Any]) -> str:
    """Return one line of JSON, with times and paths as text."""
    return json.dumps(data, default=str, ensure_ascii=False)


def exit_with(error: CommandError, *, json_output: bool) -> NoReturn:
    """Print an error as a line or as JSON, and exit with its code."""
    if json_output:
        failure = error if isinstance(error, CommandFailure) else failed(str(error), code="failed")
        print(as_json({**failure.data, "error": {"code": failure.code, "message": str(failure)}}))  # noqa: T201
    else:
        print(f"trombine: {error}", file=sys.stderr)  # noqa: T201 - output of a command
    sys.exit(error.returncode)


class ReportingCommand(BaseCommand, ABC):
    """A command with `examples` in its help, progress and `--json`; `run` does the work."""

    examples: ClassVar[str] = ""
    # Commands that need the models set this to "__all__".
    requires_system_checks: tuple[str, ...] | Literal["__all__"] = ()
    _called_from_command_line = False  # set by Django
    interrupted: ClassVar[str] = "Interrupted. Finished work is saved: run it again to continue."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Return the parser, with the examples and the options of all commands."""
        kwargs |= {
            "epilog": f"examples:\n{self.examples.strip(chr(10))}\n",
            "formatter_class": argparse.RawDescriptionHelpFormatter,
        }
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.prog = "bin/start" if subcommand == "start" else f"bin/manage {subcommand}"
        parser.add_argument(JSON_OPTION, action="store_true", help="print one JSON object and nothing else")
        parser.add_argument("--no-progress", action="store_true", help="show no progress bar")
        default_error = parser.error

        def error(message: str) -> NoReturn:
            if self._called_from_command_line and wants_json(sys.argv):
                exit_with(usage_error(message), json_output=True)
            default_error(message)
            raise AssertionError("argparse exits or raises")

        parser.error = error  # type: ignore[method-assign]  # of this parser only
        return parser

    def execute(self, *args: Any, **options: Any) -> Any:
        """Run the command; on the command line print errors as a line or as JSON, and exit."""
        try:
            return super().execute(*args, **options)
        except CommandError as error:
            if not self._called_from_command_line or options["traceback"]:
                raise
            # The hint of a failed check names the command that fixes it.
            checks = isinstance(error, SystemCheckError)
            failure = unavailable(str(error), code="checks_failed") if checks else error
            exit_with(failure, json_output=options["json"])

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run the command and print its result."""
        json_output = bool(options.get("json"))
        self.bar: Callable[..., tqdm[Any]] = functools.partial(
            tqdm, file=sys.stderr, disable=True if options.get("no_progress") else None
        )
        try:
            # Standard output is for the JSON object only.
            with contextlib.redirect_stdout(sys.stderr) if json_output else contextlib.nullcontext():
                result = self.run(**options)
        except KeyboardInterrupt as interrupt:
            raise CommandFailure(
                self.interrupted, code="interrupted", exit_code=Exit.INTERRUPTED
            ) from interrupt
        if not json_output:
            for line in result.lines:
                self.stdout.write(line)
        elif result.failure is None:
            self.stdout.write(as_json(result.data))
        if result.failure is not None:
            result.failure.data = dict(result.data)
            raise result.failure

    @abstractmethod
    def run(self, **options: Any) -> Result:
        """Do the work. Raises CommandFailure, or returns a result that may have one."""
