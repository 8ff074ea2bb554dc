"""Command `erase_person`: permanent deletion of a person's face data."""

import sys
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import CommandParser
from django.db.models import QuerySet

from albums.management.accounts import add_owner_option, find_account
from albums.management.sweep_messages import sweep_now
from config.commands.reporting import ReportingCommand, Result, unavailable, usage_error
from faces.exceptions import PeopleError
from faces.models import ErasureReceipt, Face, Person, Verdict
from faces.services.erasing.erasure import LABELS, person_erase

MAX_CANDIDATES = 20


class Command(ReportingCommand):
    help = (
        "Delete the face data of a person permanently: faces, vectors, face crops, name, confirmations and "
        "rejections, and their traces in the history. The photos stay."
    )
    examples = """
  bin/manage erase_person "Grace Hopper"
  bin/manage erase_person 17 --owner ada
  bin/manage erase_person 17 --yes --json       without confirmation, for scripts

This cannot be undone. A receipt counts the deleted data and contains no names.
"""
    interrupted = "Interrupted. Nothing was deleted, unless a receipt was printed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("person", metavar="NAME|ID", help="the exact name, or the number")
        add_owner_option(parser)
        parser.add_argument("--yes", action="store_true", help="do not ask; required without a terminal")

    def run(self, **options: Any) -> Result:
        owner = find_account(options["owner"])
        person = _find_person(owner, options["person"])
        faces = Face.objects.filter(person=person)
        counts = {
            "person": person.pk,
            "faces": faces.count(),
            "photos": faces.values("image").distinct().count(),
            "answers": Verdict.objects.filter(person=person).count(),
        }
        if not options["yes"]:
            self._confirm(person, counts)
        try:
            receipt = person_erase(person=person, by=owner)
        except PeopleError as error:
            raise unavailable(str(error), code=error.code) from error
        data = {**counts, "receipt": receipt.pk, "erased": receipt.counts}
        swept, lines = sweep_now(self)
        return Result({**data, **swept}, [*_receipt_lines(receipt), *lines])

    def _confirm(self, person: Person, counts: dict[str, int]) -> None:
        if not sys.stdin.isatty():
            message = "There is no terminal to confirm on: delete without confirmation with --yes."
            raise usage_error(message, code="not_confirmed")
        self.stderr.write(
            f"{person}: {counts['faces']} faces in {counts['photos']} photos, and {counts['answers']} "
            "confirmations and rejections, will be deleted permanently. The photos stay."
        )
        self.stderr.write('Type "erase" to continue: ', ending="")
        self.stderr.flush()
        if sys.stdin.readline().strip().lower() != "erase":
            raise usage_error("Nothing was erased.", code="not_confirmed")


def _find_person(owner: User, name: str) -> Person:
    """Return the person with this number or unique name. Raises CommandFailure."""
    people: QuerySet[Person] = Person.objects.visible_to(owner)
    found = list(people.filter(name__iexact=name.strip()).exclude(name="").order_by("pk")[:MAX_CANDIDATES])
    if len(found) > 1:
        numbers = ", ".join(str(person.pk) for person in found)
        raise usage_error(f"Several people have the name {name!r}: choose one of {numbers}.", code="unclear")
    if not found and name.isdecimal() and len(name) < 19:
        found = list(people.filter(pk=int(name)))
    if not found:
        message = f"{owner.username} has no person with the name or number {name!r}."
        raise usage_error(message, code="not_there")
    return found[0]


def _receipt_lines(receipt: ErasureReceipt) -> list[str]:
    lines = [f"Receipt {receipt.pk}, {receipt.at:%Y-%m-%d %H:%M} UTC. Deleted:"]
    return [*lines, *(f"  {count} {LABELS.get(kind, kind)}" for kind, count in receipt.counts.items())]
