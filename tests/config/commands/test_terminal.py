"""Progress without a terminal."""

import io

from config.commands import terminal
from config.commands.terminal import ProgressDisplay


def test_a_file_contains_the_final_state_once() -> None:
    out = io.StringIO()
    display = ProgressDisplay(out)
    for final in (False, False, True):
        display.show(["Processed          4/4 (100 %)"], complete=True, final=final)
    assert out.getvalue() == "Processed          4/4 (100 %)\n"


def test_a_file_contains_a_line_per_change_every_few_seconds(monkeypatch) -> None:
    monkeypatch.setattr(terminal, "SECONDS_BETWEEN_LINES", 0.0)
    out = io.StringIO()
    display = ProgressDisplay(out)
    for done in (1, 1, 2):
        display.show([f"Processed    {done}/4", "Scanned 3/4"])
    assert out.getvalue() == "Processed 1/4 | Scanned 3/4\nProcessed 2/4 | Scanned 3/4\n"
    monkeypatch.setattr(terminal, "SECONDS_BETWEEN_LINES", 60.0)
    display.show(["Processed 3/4"])
    assert len(out.getvalue().splitlines()) == 2
