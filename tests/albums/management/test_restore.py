"""bin/manage restore: its refusals, and the data that neither it nor a backup changes."""

import hashlib
import io
import json
from pathlib import Path

import pytest
from django.conf import settings as project
from django.core.management import CommandError, call_command
from pytest_django import Settings

from albums.services.backup.format import BackupError, Manifest, Stored, file_digest, manifest_read
from albums.services.backup.restore import require_free_folder, restore_begin, restore_files
from config.commands.reporting import Exit
from config.local_services.restore_marker import unfinished_restore


@pytest.fixture
def backup_folder(tmp_path: Path, settings: Settings) -> Path:
    """A hand-written backup with one original, and an empty data folder."""
    settings.DATA_DIR = tmp_path / "data"
    settings.MEDIA_ROOT, settings.UPLOAD_FOLDER = tmp_path / "data" / "media", tmp_path / "data" / "uploads"
    (tmp_path / "data").mkdir()
    folder = tmp_path / "backup"
    (folder / "originals/1/ab").mkdir(parents=True)
    (folder / "originals/1/ab/ab.jpg").write_bytes(b"a photo")
    (folder / "database-1.dump").write_bytes(b"a dump")
    row = Stored("originals/1/ab/ab.jpg", 7, hashlib.sha256(b"a photo").hexdigest())
    (folder / "originals-1.jsonl").write_text(row.line())
    manifest = Manifest(
        made_at="2026-01-01T00:00:00+00:00",
        app="0.1.0",
        database={"file": "database-1.dump", "sha256": file_digest(folder / "database-1.dump")},
        listing={
            "file": "originals-1.jsonl",
            "sha256": file_digest(folder / "originals-1.jsonl"),
            "count": 1,
            "bytes": 7,
        },
        migrations={"albums": ["0001_initial"]},
        counts={},
        derived=False,
        secret_key=False,
    )
    manifest.write(folder)
    return folder


def refused(folder: Path) -> tuple[int, str]:
    with pytest.raises(CommandError) as error:
        call_command("restore", str(folder), stdout=io.StringIO())
    assert not (Path(project.DATA_DIR) / "media" / "originals").exists()
    return error.value.returncode, getattr(error.value, "code", "")


def test_a_damaged_backup_is_refused_before_any_change(backup_folder: Path) -> None:
    (backup_folder / "originals/1/ab/ab.jpg").write_bytes(b"a phot0")
    assert refused(backup_folder) == (Exit.FAILED, "damaged")
    (backup_folder / "originals/1/ab/ab.jpg").unlink()
    assert refused(backup_folder) == (Exit.FAILED, "damaged")
    (backup_folder / "originals-1.jsonl").write_text("")
    assert refused(backup_folder) == (Exit.FAILED, "damaged")
    (backup_folder / "manifest.json").write_text("{")
    assert refused(backup_folder) == (Exit.FAILED, "damaged")
    (backup_folder / "manifest.json").unlink()
    assert refused(backup_folder) == (Exit.USAGE, "no_backup")


def test_a_backup_of_a_newer_trombine_is_refused(backup_folder: Path) -> None:
    result = json.loads((backup_folder / "manifest.json").read_text())
    (backup_folder / "manifest.json").write_text(
        json.dumps(result | {"migrations": {"albums": ["9999_later"]}})
    )
    assert refused(backup_folder) == (Exit.UNAVAILABLE, "newer")
    (backup_folder / "manifest.json").write_text(json.dumps(result | {"format": 2}))
    assert refused(backup_folder) == (Exit.UNAVAILABLE, "newer")


@pytest.mark.parametrize("there", ["postgres/PG_VERSION", "media/faces/1/a.jpg", "letters.txt"])
def test_existing_data_is_never_changed(backup_folder: Path, there: str) -> None:
    file = Path(project.DATA_DIR) / there
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("mine")
    assert refused(backup_folder) == (Exit.USAGE, "not_empty")
    assert file.read_text() == "mine"


def test_an_interrupted_restore_can_continue_only_from_its_backup(
    backup_folder: Path, tmp_path: Path
) -> None:
    restore_begin(backup_folder)
    restore_files(source=backup_folder, manifest=manifest_read(backup_folder), progress=lambda _count: None)
    require_free_folder(backup_folder)
    assert "bin/manage restore" in unfinished_restore(project.DATA_DIR)
    copy = tmp_path / "another"
    backup_folder.rename(copy)
    assert refused_for_another(copy)


def refused_for_another(folder: Path) -> bool:
    with pytest.raises(BackupError, match="Another backup's restore"):
        require_free_folder(folder)
    return True


def test_a_backup_is_not_written_into_a_folder_with_other_files(
    db: None, backup_folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "one.txt").write_text("mine")
    for target in (tmp_path / "letters", tmp_path / "data", tmp_path / "data" / "media" / "backup"):
        with pytest.raises(CommandError) as error:
            call_command("backup", str(target), stdout=io.StringIO())
        assert error.value.returncode == Exit.USAGE
    assert [path.name for path in (tmp_path / "letters").iterdir()] == ["one.txt"]
