"""List the words and forms that the project's code, pages and documentation no longer use.

    .venv/bin/python -m tests.vocabulary                      # everything, a count by file at the end
    .venv/bin/python -m tests.vocabulary albums/ faces/vision # these folders or files
    .venv/bin/python -m tests.vocabulary --count templates    # only the counts

Names are checked where they are defined (modules, classes, functions, parameters, variables, keyword
arguments; split at underscores and capitals), and so are comments, docstrings, and string literals that are
prose or are passed to gettext. Templates, scripts, styles, TOML, YAML and Markdown are checked as a whole;
migrations only for comments and docstrings, since their names are history. The check also finds first words
that a docstring must not have, template lines over 120 characters and modules over 300 lines (models: 400).

A finding fails `tests/test_vocabulary.py`. A word that must stay because it is
stored, belongs to a library or has its plain meaning gets an entry in `ALLOWED`, with the reason.
"""

import argparse
import ast
import io
import re
import subprocess
import sys
import tokenize
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

# Migrations of older versions: their names are stored in databases, and their texts describe that time.
EXCLUDED = (
    "faces/migrations/0009_person_tallies.py",
    "faces/migrations/0011_change_wording.py",
    "faces/migrations/0012_scan_detail.py",
    "faces/migrations/0013_group_doubts.py",
    "tests/released_migrations.txt",
)

WORDS = re.compile(
    r"said|told|asked|kept|wish(es)?|houses?|letters|strays?|tries|mourn(s|ed)?|surroundings|chosen|nobody"
    r"|doubts?|doubtful"
)
PHRASES = tuple(
    re.compile(rf"\b{phrase}\b", re.IGNORECASE)
    for phrase in (
        r"fills? (?:it|them)sel(?:f|ves)",
        r"leads? nowhere",
        r"(?:is|are|was|were) back(?! to)",
        r"(?:is|are|was|were) written down",
        r"go(?:es)? on(?! with)",
        r"of one.s own",
        r"gives? way",
        r"(?:is|are) away",
        r"(?:taken|takes?) back",
        r"thrown away",
    )
)

# Nearly every text has none of them: one search tells.
SUSPECT = re.compile("|".join((WORDS.pattern, *(phrase.pattern for phrase in PHRASES))), re.IGNORECASE)

# (file pattern, regular expression, reason): matching text is removed from a line before it is searched.
ALLOWED: tuple[tuple[str, str, str], ...] = (
    ("tests/faces/test_plain_names_migration.py", r"SELECT doubt", "a column of an older version"),
    ("**", r"ascii_letters", "a name of the standard library"),
    ("albums/models/sharing.py", r"none is asked for", "a help text in a migration"),
    ("api/serializers/lookalike.py", r"\bchosen\b", "a field of the API"),
    ("**", r"Kept (?:two people|people|a group) apart", "the plain meaning"),
    ("faces/views/person.py", r"order=doubtful|\"doubtful\"", "a parameter in links"),
    ("**", r"[Ll]etters(?:, | and | or )(?:numbers|digits)", "the characters of the alphabet"),
)

FIRST_WORDS = {"what", "who", "whose", "whom", "whether", "those", "how", "where", "which"}
GETTEXT = re.compile(r"_|n?p?gettext(_lazy|_noop)?|message(_plural)?|said(_of)?")
TEMPLATE_LINE = 120
MODULE_LINES, MODEL_LINES = 300, 400
OWN_FILES = {"tests/vocabulary.py", "tests/test_vocabulary.py"}
WHOLE_TEXT = {".html", ".txt", ".js", ".css", ".sh", ".toml", ".yaml", ".yml", ".md"}


@dataclass(frozen=True, order=True)
class Finding:
    """A word or form in one line of a file."""

    path: str
    line: int
    kind: str
    found: str
    excerpt: str = ""

    def __str__(self) -> str:
        """Return the finding as a line that editors and terminals can follow."""
        return f"{self.path}:{self.line}: {self.kind}: {self.found}  {self.excerpt[:100]}".rstrip()


def repository_files(places: Iterable[str] = ()) -> list[str]:
    """Return the paths of all files in the repository, or of those below `places`, relative to its root.

    New files that are not committed yet are included.
    """
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *places],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return sorted(path for path in listed.stdout.splitlines() if (ROOT / path).is_file())


def words_of(text: str) -> list[str]:
    """Return the words of a text or a name in lower case, split at underscores, hyphens and capitals."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", text)]


def words_found(text: str, path: str) -> list[str]:
    """Return the words and phrases in `text` that are not allowed in the file at `path`."""
    if not SUSPECT.search(text):
        return []
    for pattern, allowed, _reason in ALLOWED:
        if Path(path).match(pattern) or pattern == "**":
            text = re.sub(allowed, " ", text)
    found = [word for word in words_of(text) if WORDS.fullmatch(word)]
    return found + [match.group() for phrase in PHRASES for match in phrase.finditer(text)]


def findings_in(path: str) -> list[Finding]:
    """Return all findings in one file, in the order of its lines."""
    if path in OWN_FILES:
        return []
    file = ROOT / path
    findings = [Finding(path, 1, "file name", word) for word in words_found(str(Path(path)), path)]
    is_script = not file.suffix and path.startswith(("bin/", ".ci/"))
    if file.suffix == ".py":
        findings += _python_findings(path, file.read_text(encoding="utf-8"))
    elif file.suffix in WHOLE_TEXT or is_script:
        findings += _text_findings(path, file.read_text(encoding="utf-8"))
    return sorted(set(findings))


def _text_findings(path: str, text: str) -> Iterator[Finding]:
    for number, line in enumerate(text.splitlines(), 1):
        for word in words_found(line, path):
            yield Finding(path, number, "text", word, line.strip())
        if path.endswith(".html") and len(line) > TEMPLATE_LINE:
            yield Finding(path, number, "long line", f"{len(line)} characters")


def _python_findings(path: str, source: str) -> Iterator[Finding]:
    nodes = list(ast.walk(ast.parse(source)))
    # A literal can be split over lines of the source; comments and names cannot.
    suspect = SUSPECT.search(source) is not None
    for token in tokenize.generate_tokens(io.StringIO(source).readline) if suspect else ():
        if token.type == tokenize.COMMENT:
            for word in words_found(token.string, path):
                yield Finding(path, token.start[0], "comment", word, token.string)
    docstrings = {id(node): node for node in _docstrings(nodes)}
    for docstring in docstrings.values():
        yield from _docstring_findings(path, docstring)
    if "migrations" in Path(path).parts:
        return
    if suspect:
        yield from _name_findings(path, nodes)
    for node in _prose(nodes):
        if id(node) not in docstrings:
            for word in words_found(str(node.value), path):
                yield Finding(path, node.lineno, "string", word, str(node.value))
    limit = MODEL_LINES if "models" in path else MODULE_LINES
    if (lines := source.count("\n")) > limit:
        yield Finding(path, 1, "long module", f"{lines} lines")


def _docstrings(nodes: list[ast.AST]) -> Iterator[ast.Constant]:
    """Yield the docstring of each module, class and function, and the strings that document an attribute."""
    for node in nodes:
        if (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        ):
            yield node.value


def _docstring_findings(path: str, node: ast.Constant) -> Iterator[Finding]:
    text = str(node.value)
    for offset, line in enumerate(text.splitlines()):
        for word in words_found(line, path):
            yield Finding(path, node.lineno + offset, "docstring", word, line.strip())
    if (words := words_of(text)) and words[0] in FIRST_WORDS:
        yield Finding(path, node.lineno, "first word", words[0], text.strip().splitlines()[0])


def _name_findings(path: str, nodes: list[ast.AST]) -> Iterator[Finding]:
    for node in nodes:
        for name in _defined_names(node):
            for word in words_found(name, path):
                yield Finding(path, getattr(node, "lineno", 1), "name", word, name)


def _defined_names(node: ast.AST) -> list[str]:
    match node:
        case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return [name]
        case (
            ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store())
        ):
            return [name]
        case ast.keyword(arg=str(name)) | ast.ExceptHandler(name=str(name)) | ast.alias(asname=str(name)):
            return [name]
        case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            return [name]
    return []


def _prose(nodes: list[ast.AST]) -> Iterator[ast.Constant]:
    """Yield string literals that have several words, and all that are passed to a function of gettext."""
    for node in nodes:
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and re.search(r"\w\s+\w", node.value)
        ):
            yield node
        elif isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if GETTEXT.fullmatch(called):
                yield from (
                    one for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)
                )


def main(arguments: list[str] | None = None) -> int:
    """Print the findings in the files that the arguments name, and return 1 when there are any."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "places", nargs="*", help="folders or files, relative to the repository; default: all"
    )
    parser.add_argument("--count", action="store_true", help="print the counts alone")
    options = parser.parse_args(arguments)
    findings = [finding for path in repository_files(options.places) for finding in findings_in(path)]
    if not options.count:
        sys.stdout.writelines(f"{finding}\n" for finding in findings)
    by_file = Counter(finding.path for finding in findings)
    for path, count in sorted(by_file.items(), key=lambda item: (-item[1], item[0])):
        sys.stdout.write(f"{count:5} {path}\n")
    sys.stdout.write(f"{len(findings):5} findings in {len(by_file)} files\n")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
