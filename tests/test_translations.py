"""Every text that a person sees is in French and Spanish, and no template holds a bare one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.template import Template
from django.template.base import Node, NodeList, TextNode
from django.template.loader import get_template
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

ROOT = Path(settings.BASE_DIR)
LANGUAGES = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
# The administration is in English, as its frame is: see albums/admin_site.py.
TEMPLATES = sorted(
    set((ROOT / "templates").rglob("*.html")) - set((ROOT / "templates/admin").rglob("*.html"))
)
CALLS = {
    "_": 1,
    "gettext": 1,
    "gettext_lazy": 1,
    "gettext_noop": 1,
    "ngettext": 2,
    "ngettext_lazy": 2,
    "said": 1,
    "said_of": 2,
}
IN_CONTEXT = {"pgettext", "pgettext_lazy"}
SCRIPT_CALL = re.compile(r'\b(n?gettext)\(\s*"((?:[^"\\]|\\.)*)"', re.DOTALL)
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}|</?\w+")
# Names of things that are the same in all languages.
NAMES = {"bin/start ~/Pictures", "KB", "MB", "GB", "px", "N", "S", "Y", "U", "EXIF", "ISO"}


def _nodes(nodes: NodeList) -> Iterator[Node]:
    for node in nodes:
        yield node
        for name in (*node.child_nodelists, "nodelist"):
            yield from _nodes(getattr(node, name, None) or NodeList())


def _template(file: Path) -> Template:
    loaded = get_template(str(file.relative_to(ROOT / "templates")))
    template: Template = loaded.template  # type: ignore[attr-defined]  # the backend's own
    return template


def _in_templates() -> Iterator[str]:
    for file in TEMPLATES:
        for node in _nodes(_template(file).nodelist):
            if isinstance(node, TranslateNode):
                # The tag makes a variable of its text, too: one that is what it says.
                text = getattr(node.filter_expression.var, "literal", None)
                if isinstance(text, str):
                    # makemessages writes a percent sign twice, and so does Django when it looks it up.
                    yield text.replace("%", "%%")
            elif isinstance(node, BlockTranslateNode):
                singular = node.render_token_list(node.singular)[0]
                yield re.sub(r"\s*\n\s*", " ", singular.strip()) if node.trimmed else singular


def _in_python() -> Iterator[str]:
    for app in ("albums", "faces", "api", "config"):
        for file in sorted((ROOT / app).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text())):
                if not isinstance(node, ast.Call):
                    continue
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                if name not in CALLS.keys() | IN_CONTEXT:
                    continue
                text = node.args[1 if name in IN_CONTEXT else 0] if node.args else None
                if isinstance(text, ast.Constant) and isinstance(text.value, str):
                    yield text.value


def _in_scripts() -> Iterator[str]:
    for file in sorted((ROOT / "static" / "js").rglob("*.js")):
        for call in SCRIPT_CALL.finditer(file.read_text()):
            yield ast.literal_eval(f'"{call[2]}"')


@pytest.fixture(scope="module", params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def catalogue(language: str, domain: str) -> polib.POFile:
    return polib.pofile(str(ROOT / f"config/locale/{language}/LC_MESSAGES/{domain}.po"))


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_every_text_is_translated(language: str, domain: str) -> None:
    texts = set(_in_scripts()) if domain == "djangojs" else {*_in_templates(), *_in_python()}
    assert len(texts) > 20, "the texts were not found"
    done = {entry.msgid for entry in catalogue(language, domain) if entry.translated()}
    # Django brings translations of its own for a few words, such as "Yes".
    missing = sorted(text for text in texts - done if text.strip())
    assert missing == []


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_translations_keep_their_placeholders_and_tags(language: str, domain: str) -> None:
    wrong = []
    for entry in catalogue(language, domain):
        if not entry.translated() or entry.obsolete:
            continue
        wanted = {*PLACEHOLDER.findall(entry.msgid), *PLACEHOLDER.findall(entry.msgid_plural)}
        for text in entry.msgstr_plural.values() or [entry.msgstr]:
            found = set(PLACEHOLDER.findall(text))
            # A singular may say "one" where the plural counts.
            if found - wanted or (wanted - found and not entry.msgid_plural):
                wrong.append((entry.msgid, text))
    assert wrong == []


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_what_is_read_at_run_time_is_what_was_translated(language: str, domain: str) -> None:
    source = catalogue(language, domain)
    compiled = polib.mofile(str(ROOT / f"config/locale/{language}/LC_MESSAGES/{domain}.mo"))
    assert {(e.msgid, e.msgstr, *e.msgstr_plural.values()) for e in compiled} == {
        (e.msgid, e.msgstr, *e.msgstr_plural.values()) for e in source if e.translated() and not e.obsolete
    }


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: str(file.relative_to(ROOT / "templates")))
def test_no_template_holds_a_bare_text(file: Path) -> None:
    bare = []
    text = "".join(
        node.s if isinstance(node, TextNode) else "\0"
        for node in _nodes(_template(file).nodelist)
        if isinstance(node, TextNode | TranslateNode | BlockTranslateNode)
    )
    text = re.sub(r"<(script|style|code|kbd)\b.*?</\1>", " ", text, flags=re.DOTALL)
    for attribute in re.findall(r'\b(?:alt|title|placeholder|aria-label)="([^"\0]*)"', text):
        bare += [attribute] if re.search(r"[A-Za-z]{2}", attribute) else []
    for piece in re.split(r"<[^>]*>|\0|Trombine", text):
        word = re.sub(r"^\W+|\W+$", "", re.sub(r"&\w+;", "", piece))
        if re.search(r"[A-Za-z]{2}", word) and word not in NAMES and "=" not in word and ">" not in word:
            bare.append(word)
    assert bare == []


def _texts(language: str) -> Iterator[str]:
    for domain in ("django", "djangojs"):
        for entry in catalogue(language, domain):
            for text in entry.msgstr_plural.values() or [entry.msgstr]:
                yield re.sub(r"<[^>]*>|\?since=\S+|\?token=\S+|&\w+;", "", text)


def test_french_keeps_its_marks_together_with_their_words() -> None:
    """A narrow space that does not break stands before a high mark and inside guillemets."""
    marks = re.compile("[^\u202f][?!;»]|[^\u202f]: |«[^\u202f]|[ \u00a0]:$")
    code = "Authorization: Bearer"
    assert [text for text in _texts("fr") if marks.search(text.replace(code, ""))] == []
    assert [text for text in _texts("fr") if re.search(r"['\"]|\b(tu|ton|ta|tes|toi)\b", text)] == []


def test_spanish_opens_what_it_closes_and_says_tu() -> None:
    unequal = [text for text in _texts("es") if text.count("?") != text.count("¿")]
    assert unequal + [text for text in _texts("es") if text.count("!") != text.count("¡")] == []
    assert [text for text in _texts("es") if re.search(r"\busted(es)?\b|\brostro", text, re.IGNORECASE)] == []
