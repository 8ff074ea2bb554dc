"""What the start command shows, without a terminal."""

import io

from albums.services.core.progress import Stage
from config.commands import terminal
from config.commands.terminal import StageDisplay


def stage(done: int) -> Stage:
    return Stage(name="read", label="Photos read", done=done, total=4)


def test_into_a_file_the_end_is_written_once() -> None:
    board = StageDisplay(io.StringIO())
    for done in (4, 4):
        board.show([stage(done)])
    board.show([stage(4)], final=True)
    assert board.out.getvalue() == "Photos read        4/4 (100 %)\n"  # type: ignore[attr-defined]  # a StringIO


def test_into_a_file_what_moves_is_a_line_now_and_then(monkeypatch) -> None:
    monkeypatch.setattr(terminal, "SECONDS_BETWEEN_LINES", 0.0)
    board = StageDisplay(io.StringIO())
    for done in (1, 1, 2):
        board.show([stage(done), stage(3)])
    assert board.out.getvalue() == (  # type: ignore[attr-defined]  # a StringIO
        "Photos read 1/4 (25 %) | Photos read 3/4 (75 %)\nPhotos read 2/4 (50 %) | Photos read 3/4 (75 %)\n"
    )
