"""Attacks on the pages and the administration: on every address of the resolver, and every form of a page."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve

from tests.fuzzing.attack import Attack, Pairs, Sender, path_encoded, rolled_back
from tests.fuzzing.values import TEXTS
from tests.rows import drawn_jpeg

PART = re.compile(r"<(?:(\w+):)?(\w+)>")
# What a view reads by name.
READ = re.compile(r"""(?:GET|POST|FILES|getlist|\.get)(?:\.get|\.getlist)?[(\[]\s*["'](\w+)["']""")
# Of Django's lists and of htmx.
COMMON = (
    "q",
    "page",
    "p",
    "o",
    "next",
    "ids",
    "_popup",
    "_to_field",
    "e",
    "all",
    "action",
    "index",
    "cursor",
)
MOST_VALUES = 4


@dataclass
class Form:
    """A form of a page: where it is sent, how, and what is in it."""

    action: str
    method: str
    fields: list[tuple[str, str, str]] = field(default_factory=list)
    """Name, type and value."""

    @property
    def names(self) -> set[str]:
        """The names of its fields."""
        return {name for name, _kind, _value in self.fields}


@dataclass
class Target:
    """An address of the resolver. `names`: what its view reads from queries and forms."""

    name: str
    route: str
    names: list[str]
    forms: list[Form] = field(default_factory=list)


class Forms(HTMLParser):
    """The forms of a page, and what htmx sends without one."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address, self.forms = address, [Form(address, "GET")]
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        for name in ("hx-post", "hx-get"):
            if name in given:
                self.forms.append(Form(given[name] or self.address, name[3:].upper()))
        match tag:
            case "form":
                action = given.get("action") or self.address
                self.forms.append(Form(action, given.get("method", "get").upper()))
            case "input" | "textarea" | "button" if given.get("name"):
                self.forms[-1].fields.append(
                    (given["name"], given.get("type", "text"), given.get("value", ""))
                )
            case "select":
                self._select = given.get("name", "")
            case "option" if self._select:
                self.forms[-1].fields.append((self._select, "option", given.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""


def patterns(
    resolver: URLResolver, route: str = "/", name: str = ""
) -> Iterator[tuple[str, str, URLPattern]]:
    """Every address outside the API, with its name."""
    for one in resolver.url_patterns:
        here = route + str(one.pattern).removeprefix("^")
        if isinstance(one, URLPattern):
            if "(?P" not in here:
                yield f"{name}{one.name}", here, one
        elif one.namespace != "api":
            yield from patterns(one, here, f"{name}{one.namespace}:" if one.namespace else name)


class PageTargets:
    """The addresses of pages. `values`: parts of an address, by its route or by their name."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.values = values
        self.targets = [
            Target(name, route, names_of(pattern))
            for name, route, pattern in patterns(get_resolver("config.urls"))
        ]

    @cached_property
    def _by_name(self) -> dict[str, Target]:
        return {one.name: one for one in self.targets}

    def read_forms(self, sender: Sender, below: str) -> None:
        """Read the forms of every page below an address, as an account."""
        for target in self.targets:
            if target.route.startswith(below):
                for form in self._forms_of(sender, self.address(target, Random(0), spoiled=False)):
                    self._add(form)

    def _forms_of(self, sender: Sender, address: str) -> list[Form]:
        with rolled_back():
            answer = sender.client.get(address, headers={"Accept": "text/html", **sender.headers})
            if answer.streaming:
                answer.getvalue()
                return []
            if "text/html" not in answer.headers.get("Content-Type", ""):
                return []
            page = Forms(address)
            page.feed(answer.content.decode())
        return page.forms

    def _add(self, form: Form) -> None:
        try:
            match = resolve(urlsplit(form.action).path)
        except Resolver404:
            return
        target = self._by_name.get(match.view_name)
        if target is not None and form.names not in [one.names for one in target.forms]:
            target.forms.append(form)

    def address(self, target: Target, random: Random, *, spoiled: bool) -> str:
        """The address with numbers that exist, or with something else."""

        def part(match: re.Match[str]) -> str:
            kind, name = match.groups()
            if not spoiled or random.random() < 0.3:
                return path_encoded(self._value(target.route, name))
            if kind == "int":
                return random.choice(["0", "9" * 18, "9" * 19, "9" * 30, "9" * 5_000, "1"])
            return path_encoded(random.choice(TEXTS) or "x")

        return PART.sub(part, target.route)

    def _value(self, route: str, name: str) -> Any:
        if name in self.values:
            return self.values[name]
        fitting = [one for one in self.values if one in route]
        return self.values[max(fitting, key=len)] if fitting else 1

    def attack(self, target: Target, random: Random) -> Attack:
        """A request to an address, with something wrong in one place or two."""
        wrong = random.choice(["path", "query", "form", "form", "query and form"])
        method = random.choice(["GET", "POST", "POST"]) if "form" in wrong else "GET"
        attack = Attack(target.name, method, self.address(target, random, spoiled=wrong == "path"))
        forms = [one for one in target.forms if one.method == method and one.fields]
        form = random.choice(forms) if forms and random.random() < 0.8 else None
        fields = self._fields(form, target, random)
        if method == "GET":
            attack.query = fields
            if form:
                attack.query += parse_qsl(urlsplit(form.action).query)
        else:
            attack.fields = fields
            if form and "path" not in wrong:
                attack.path = urlsplit(form.action).path
        if "query" in wrong:
            names = [*target.names, *COMMON]
            attack.query.append((random.choice(names), random.choice(TEXTS)))
        if random.random() < 0.3:
            attack.headers["HX-Request"] = "true"
        if random.random() < 0.2:
            attack.headers["Accept"] = "application/json"
        return attack

    def _fields(self, form: Form | None, target: Target, random: Random) -> Pairs:
        """The fields of a form, of which one or two hold something else."""
        if form is None:
            names = random.sample([*target.names, *COMMON], min(MOST_VALUES, len(target.names) + len(COMMON)))
            return [(name, self._text(name, random)) for name in names[: random.randint(1, MOST_VALUES)]]
        usual: Pairs = [
            (name, SimpleUploadedFile("x.jpg", drawn_jpeg()) if kind == "file" else value)
            for name, kind, value in form.fields
            if kind not in {"checkbox", "radio", "option", "submit"} or random.random() < 0.4
        ]
        for _number in range(random.randint(1, 2)):
            name = random.choice(form.fields)[0]
            usual = [pair for pair in usual if pair[0] != name] + [(name, self._text(name, random))]
        return usual

    def _text(self, name: str, random: Random) -> Any:
        if name in self.values and random.random() < 0.5:
            return self.values[name]
        return random.choice(TEXTS)


def names_of(pattern: URLPattern) -> list[str]:
    """The names that the module of a view reads: more than the view does, but all that it can."""
    view = getattr(pattern.callback, "view_class", pattern.callback)
    module = sys.modules.get(getattr(view, "__module__", ""))
    file = getattr(module, "__file__", None)
    return sorted(set(READ.findall(Path(file).read_text(encoding="utf-8")))) if file else []
