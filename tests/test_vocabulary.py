"""The check of the vocabulary: it finds a removed word in every place, and the repository has none."""

from pathlib import Path

import pytest

from tests import vocabulary


@pytest.fixture
def found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(vocabulary, "ROOT", tmp_path)

    def found(name: str, text: str) -> list[tuple[int, str, str]]:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return [(one.line, one.kind, one.found) for one in vocabulary.findings_in(name)]

    return found


def test_no_removed_word_is_left_in_the_repository() -> None:
    paths = [path for path in vocabulary.repository_files(["."]) if path not in vocabulary.EXCLUDED]
    assert len(paths) > 500
    assert [str(finding) for path in paths for finding in vocabulary.findings_in(path)] == []


def test_names_are_split_at_underscores_and_capitals(found) -> None:
    assert found(
        "a.py", "class HouseAdmin:\n    def f(self, was_told, kept=1):\n        self.NOBODY = was_told\n"
    ) == [
        (1, "name", "house"),
        (2, "name", "kept"),
        (2, "name", "told"),
        (3, "name", "nobody"),
    ]
    assert found("b.py", "ascii_letters = untold = household = keptness = 1\n") == []


def test_names_of_other_libraries_are_free_to_use_and_not_to_define(found) -> None:
    assert found("a.py", "x = library.asked(told)\n") == []
    assert found("b.py", "import numpy as told\nf(asked=1)\n") == [(1, "name", "told"), (2, "name", "asked")]


def test_comments_docstrings_and_prose_are_read(found) -> None:
    source = '"""A module.\n\nIt goes on.\n"""\n\nx = "told"  # nobody knows\n'
    source += 'y = f"was {x} told twice"\nz = _("Chosen")\n'
    assert found("a.py", source) == [
        (3, "docstring", "goes on"),
        (6, "comment", "nobody"),
        (7, "string", "told"),
        (8, "string", "chosen"),
    ]


@pytest.mark.parametrize("word", ["What", "Who", "Whether", "Those", "How", "Where"])
def test_a_docstring_begins_with_what_a_thing_is(found, word: str) -> None:
    assert found("a.py", f'def f():\n    """{word} it is."""\n') == [(2, "first word", word.lower())]


def test_templates_are_read_as_a_whole_and_have_short_lines(found) -> None:
    assert found("a.html", "<p>{{ kept }}</p>\n" + "x" * 121 + "\n") == [
        (1, "text", "kept"),
        (2, "long line", "121 characters"),
    ]


def test_long_modules_are_found_and_models_may_be_longer(found) -> None:
    assert found("a.py", "x = 1\n" * 301) == [(1, "long module", "301 lines")]
    assert found("models/a.py", "x = 1\n" * 400) == []
    assert found("migrations/a.py", "kept = 1\n" * 401) == []


def test_a_file_name_counts(found) -> None:
    assert found("house/strays.py", "") == [(1, "file name", "house"), (1, "file name", "strays")]


def test_the_alphabet_has_letters(found) -> None:
    assert found("a.html", "<p>Letters, numbers and spaces</p>") == []
    assert found("b.html", "<p>the letters of others</p>") == [(1, "text", "letters")]
