"""Attacks on the operations of the API, from its schema: requests of the right form with wrong values."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from random import Random
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from drf_spectacular.generators import SchemaGenerator

from tests.fuzzing.attack import Attack, json_encoded, path_encoded
from tests.fuzzing.values import TEXTS, json_value
from tests.rows import drawn_jpeg

JSON, FORM = "application/json", "multipart/form-data"


class ApiTargets:
    """The operations of the API. `ids`: a number that exists, by what the path or field names."""

    def __init__(self, ids: dict[str, Any]) -> None:
        self.schema: Any = SchemaGenerator().get_schema(request=None, public=True)
        self.ids = ids

    @cached_property
    def operations(self) -> list[tuple[str, str, dict[str, Any]]]:
        """Method, path and description of each."""
        return [
            (method.upper(), path, operation)
            for path, methods in self.schema["paths"].items()
            for method, operation in methods.items()
        ]

    def attack(self, operation: tuple[str, str, dict[str, Any]], random: Random) -> Attack:
        """A request for an operation, with something wrong in one place or two."""
        method, path, description = operation
        attack = Attack(f"{method} {path}", method, path)
        parameters = description.get("parameters", [])
        wrong = random.choice(["path", "query", "body", "body", "query and body"])
        for parameter in parameters:
            self._put(attack, parameter, random, spoiled=wrong == "path" and random.random() < 0.7)
        if "query" in wrong:
            names = [one["name"] for one in parameters if one["in"] == "query"] + [
                "fields",
                "cursor",
                "format",
            ]
            for _number in range(random.randint(1, 2)):
                attack.query.append((random.choice(names), random.choice(TEXTS)))
        self._put_body(attack, description, random, spoiled="body" in wrong)
        return attack

    def _put(self, attack: Attack, parameter: dict[str, Any], random: Random, *, spoiled: bool) -> None:
        name = parameter["name"]
        right = self.example(parameter["schema"], name=name, path=attack.path, random=random)
        value = random.choice(TEXTS) if spoiled else right
        match parameter["in"]:
            case "path":
                attack.path = attack.path.replace("{" + name + "}", path_encoded(value))
            case "query" if parameter.get("required") or random.random() < 0.5:
                values = value if isinstance(value, list) else [value]
                attack.query += [(name, one) for one in values]
            case "header":
                attack.headers[name] = str(value).replace("\0", "").replace("\r\n", "")

    def _put_body(
        self, attack: Attack, description: dict[str, Any], random: Random, *, spoiled: bool
    ) -> None:
        content = description.get("requestBody", {}).get("content", {})
        if not content:
            return
        kind = random.choice(sorted(content))
        schema = content[kind].get("schema", {})
        value = self.example(schema, name="", path=attack.path, random=random)
        if spoiled and not isinstance(value, SimpleUploadedFile):
            value = spoil(value, random)
        if kind == JSON:
            attack.body, attack.content_type = json_encoded(value), JSON
        elif kind == FORM and isinstance(value, dict):
            attack.fields = [pair for name, one in value.items() for pair in _pairs(name, one)]
            attack.fields.append(("_file", SimpleUploadedFile("x.jpg", drawn_jpeg())))
        else:
            attack.body, attack.content_type = drawn_jpeg()[: random.choice([0, 10, 10_000])], kind

    def example(  # noqa: PLR0911 - one for each type
        self, schema: dict[str, Any], *, name: str, path: str, random: Random
    ) -> Any:
        """A value that the schema allows; ids that exist."""
        schema = self._resolved(schema)
        for several in ("oneOf", "anyOf"):
            if several in schema:
                return self.example(random.choice(schema[several]), name=name, path=path, random=random)
        kind = schema.get("type")
        kind = random.choice(kind) if isinstance(kind, list) else kind
        if "enum" in schema:
            return random.choice(schema["enum"])
        match kind:
            case "object":
                return {
                    key: self.example(one, name=key, path=path, random=random)
                    for key, one in schema.get("properties", {}).items()
                    if key in schema.get("required", ()) or random.random() < 0.6
                }
            case "array":
                size = max(schema.get("minItems", 1), 1)
                return [
                    self.example(schema["items"], name=name, path=path, random=random)
                    for _number in range(min(size, 3))
                ]
            case "integer":
                return self._id(name, path) or schema.get("minimum", 1)
            case "number":
                return schema.get("minimum", 0.3)
            case "boolean":
                return random.random() < 0.5
            case "null":
                return None
        return self._text(schema, name, path)

    def _text(self, schema: dict[str, Any], name: str, path: str) -> Any:
        match schema.get("format"):
            case "binary":
                return SimpleUploadedFile("x.jpg", drawn_jpeg())
            case "date":
                return "2024-06-15"
            case "date-time":
                return "2024-06-15T12:00:00Z"
            case "uuid":
                return self.ids["uploads"]
        known = self.ids.get(name)
        if known is not None:
            return known
        return "x" * max(schema.get("minLength", 1), 1)

    def _id(self, name: str, path: str) -> Any:
        """The id for a parameter: `id` of /people/ is a person."""
        parts = [part for part in path.split("/") if part and "{" not in part]
        if name in {"id", "pk"}:
            return next((self.ids[part] for part in reversed(parts) if part in self.ids), 1)
        stem = name.removesuffix("_id").removesuffix("_ids")
        return next((self.ids[one] for one in (stem, f"{stem}s") if one in self.ids), None)

    def _resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in schema or (len(schema.get("allOf", ())) == 1):
            if "$ref" in schema:
                schema = self.schema["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
            else:
                schema = schema["allOf"][0]
        return schema


def spoil(value: Any, random: Random) -> Any:
    """The value with something else somewhere in it."""
    if random.random() < 0.15 or not isinstance(value, dict | list) or not value:
        return json_value(random)
    if isinstance(value, list):
        place = random.randrange(len(value))
        return [spoil(one, random) if index == place else one for index, one in enumerate(value)]
    if random.random() < 0.1:
        return {**value, str(random.choice(TEXTS)): json_value(random)}
    key = random.choice(sorted(value))
    return {**value, key: spoil(value[key], random)}


def _pairs(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    for one in value if isinstance(value, list) else [value]:
        yield name, one
