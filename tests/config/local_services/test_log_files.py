"""Rotation of logs that a program holds open."""

from pathlib import Path

import pytest

from config.local_services import log_files


def test_a_log_has_a_few_old_files_and_its_program_goes_on_writing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_files, "MOST_BYTES", 10)
    log = tmp_path / "web.log"
    with log.open("ab", buffering=0) as program:
        for number in range(6):
            program.write(b"%d" % number * 11)
            log_files.rotate(tmp_path)
            assert log.read_bytes() == b""
        program.write(b"new")
    names = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert names == {"web.log": "new"} | {f"web.log.{1 + age}": f"{5 - age}" * 11 for age in range(3)}


def test_a_small_log_stays(tmp_path: Path) -> None:
    (tmp_path / "web.log").write_text("short")
    log_files.rotate(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["web.log"]
