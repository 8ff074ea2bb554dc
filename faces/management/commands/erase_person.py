"""bin/manage erase_person: one person's biometric data, for good."""

from __future__ import annotations

import sys
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import CommandParser
from django.db.models import QuerySet

from albums.management.owners import add_owner_option, owner_of
from config.commands.reporting import CommandFailure, Exit, Outcome, ReportingCommand, cannot, wrong
from faces.exceptions import PeopleError
from faces.models import ErasureReceipt, Face, Person, Verdict
from faces.services.erasing.erasure import LABELS, person_erase, tables_sweep

MOST_NAMED = 20


class Command(ReportingCommand):
    """Erase a person as the page does, after asking."""

    help = (
        "Erase one person for good: faces, vectors, pictures of the faces, the name, what was said of them, "
        "and their traces in the list of changes. The photos stay."
    )
    examples = """
  bin/manage erase_person "Grace Hopper"
  bin/manage erase_person 17 --owner ada
  bin/manage erase_person 17 --yes --json       asks nothing: for scripts

Nothing of this can be undone. What was erased is counted on a receipt, which names nobody.
"""
    interrupted = "Interrupted. Nothing was erased, unless a receipt was printed."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Whom, and whether to ask."""
        parser.add_argument("person", metavar="NAME|ID", help="the name as it is written, or the number")
        add_owner_option(parser)
        parser.add_argument("--yes", action="store_true", help="do not ask; needed without a terminal")

    def work(self, **options: Any) -> Outcome:
        """Find, show, ask, erase."""
        owner = owner_of(options)
        person = _person(owner, options["person"])
        faces = Face.objects.filter(person=person)
        doomed = {
            "person": person.pk,
            "faces": faces.count(),
            "photos": faces.values("image").distinct().count(),
            "answers": Verdict.objects.filter(person=person).count(),
        }
        if not options["yes"]:
            self._ask(person, doomed)
        try:
            receipt = person_erase(person=person, by=owner)
        except PeopleError as error:
            raise cannot(str(error), code=error.code) from error
        # Deleted rows stay in the files of the database until they are swept.
        tables_sweep()
        return Outcome({**doomed, "receipt": receipt.pk, "erased": receipt.counts}, _receipt_lines(receipt))

    def _ask(self, person: Person, doomed: dict[str, int]) -> None:
        """Go on only when somebody says so. Raises CommandFailure."""
        if not sys.stdin.isatty():
            raise wrong("Nobody can be asked here: say --yes to erase without asking.", code="not_confirmed")
        self.stderr.write(
            f"{person}: {doomed['faces']} faces in {doomed['photos']} photos and {doomed['answers']} answers "
            "will be erased for good. The photos stay."
        )
        self.stderr.write('Type "erase" to go on: ', ending="")
        self.stderr.flush()
        if sys.stdin.readline().strip().lower() != "erase":
            raise CommandFailure("Nothing was erased.", code="not_confirmed", ends=Exit.WRONG_ARGUMENTS)


def _person(owner: User, wanted: str) -> Person:
    """Whom `wanted` names: by number, or by a name that only one person has. Raises CommandFailure."""
    people: QuerySet[Person] = Person.objects.visible_to(owner)
    by_name = list(people.filter(name__iexact=wanted.strip()).exclude(name="").order_by("pk")[:MOST_NAMED])
    if len(by_name) > 1:
        numbers = ", ".join(str(person.pk) for person in by_name)
        raise wrong(
            f"Several people are called {wanted!r}: say which, with one of {numbers}.", code="unclear"
        )
    if by_name:
        return by_name[0]
    found = people.filter(pk=int(wanted)).first() if wanted.isdecimal() and len(wanted) < 19 else None
    if found is None:
        raise wrong(
            f"There is nobody called {wanted!r} among the people of {owner.username}, and nobody has that "
            "number.",
            code="not_there",
        )
    return found


def _receipt_lines(receipt: ErasureReceipt) -> list[str]:
    lines = [f"Receipt {receipt.pk}, {receipt.at:%Y-%m-%d %H:%M} UTC. Erased:"]
    return [*lines, *(f"  {count} {LABELS.get(kind, kind)}" for kind, count in receipt.counts.items())]
