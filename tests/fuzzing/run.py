"""A run: every operation and every page in turn, as each account, until the number of requests is reached."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from random import Random
from typing import Any

from django.conf import settings

from tests.fuzzing.attack import Attack, Fault, Sender
from tests.fuzzing.page_attacks import PageTargets
from tests.fuzzing.schema_attacks import ApiTargets
from tests.fuzzing.values import BODIES, COOKIES, HEADERS

METHODS = ("POST", "PUT", "PATCH", "DELETE")
OWN_COOKIES = ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "THEME_COOKIE_NAME", "LANGUAGE_COOKIE_NAME")


@dataclass
class Report:
    """The number of requests by sender, the targets, and the faults."""

    sent: Counter[str] = field(default_factory=Counter)
    targets: set[str] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)

    @property
    def kinds(self) -> dict[str, Fault]:
        """One fault of each kind."""
        return {fault.kind: fault for fault in reversed(self.faults)}


class Fuzzer:
    """All targets, and who attacks them. The generator decides everything: one seed is one run."""

    def __init__(self, senders: Sequence[Sender], api: ApiTargets, pages: PageTargets, seed: int) -> None:
        self.senders, self.api, self.pages = senders, api, pages
        self.random = Random(seed)
        self.report = Report()

    def run(self, requests: int) -> Report:
        """Send this many requests."""
        senders = cycle(self.senders)
        for attack, _number in zip(self._attacks(), range(requests), strict=False):
            self._send(next(senders), attack)
        return self.report

    def _send(self, sender: Sender, attack: Attack) -> None:
        self.report.sent[sender.who] += 1
        self.report.targets.add(attack.target)
        fault = sender.send(attack)
        if fault is not None:
            self.report.faults.append(fault)

    def _attacks(self) -> Iterator[Attack]:
        """All targets in turn, for ever, each time in another order and with other values."""
        every: list[Any] = [*self.api.operations, *self.pages.targets]
        while True:
            self.random.shuffle(every)
            for target in every:
                yield self._attack(target)

    def _attack(self, target: Any) -> Attack:
        random = self.random
        make = self.api.attack if isinstance(target, tuple) else self.pages.attack
        attack: Attack = make(target, random)
        match random.randrange(12):
            case 0:
                attack.method = random.choice([attack.method, *METHODS])
                attack.fields = None
                attack.content_type, attack.body = random.choice(BODIES)
            case 1 | 2:
                name, value = random.choice(HEADERS)
                attack.headers[name] = value
            case 3:
                attack.cookies[getattr(settings, random.choice(OWN_COOKIES))] = random.choice(COOKIES)
        return attack
