"""bin/manage backup and restore: a restored album equals the original in every byte and row."""

import hashlib
import io
import json
import os
import stat
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from psycopg import sql

from albums.models import Image, Job, JobFile
from albums.services.backup import snapshots
from albums.services.downloading.data_export import ExportOptions, export_stream
from albums.services.erasing.bin import images_bin
from albums.services.jobs.context import job_file_put
from albums.services.jobs.jobs import job_delete
from config.commands.reporting import Exit
from tests.albums.photos import whole_photo
from tests.command_process import broker_environment, command_run


@pytest.fixture
def owner(committed_owner: User) -> User:
    return committed_owner


def backup(target: Path, *options: str) -> dict[str, Any]:
    out = io.StringIO()
    call_command("backup", str(target), *options, "--json", stdout=out)
    result: dict[str, Any] = json.loads(out.getvalue())
    return result


def files(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def originals(root: Path) -> dict[str, bytes]:
    return files(root / "originals")


def job(*, saved: bool) -> Job:
    made = Job.objects.create(owner=User.objects.get(), kind="morph", state="done", saved=saved)
    job_file_put(made, JobFile.Role.RESULT, "morph.webp", b"a morph", "image/webp").save()
    return made


def rows(connection: "psycopg.Connection[Any]") -> dict[str, list[str]]:
    """Return every row of every table as text, without those that a restore drops."""
    tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    found = {}
    for (table,) in tables.fetchall():
        query = sql.SQL("SELECT t::text FROM {} t ORDER BY 1").format(sql.Identifier(table))
        found[table] = [str(row) for (row,) in connection.execute(query).fetchall()]
    assert found.pop("albums_upload") is not None
    assert found.pop("albums_backuprecord") is not None
    return found


@pytest.fixture
def manage(tmp_path: Path, second_database: str) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a command on the other database and another data folder."""

    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        environment = {"DATABASE_URL": second_database, **broker_environment()}
        return command_run(*arguments, data_dir=tmp_path / "restored", **environment)

    return run


def exported() -> list[str]:
    """The data export of the only account: name and digest of each file except the one with today's date."""
    options = ExportOptions(originals=True, vectors=True)
    stream = io.BytesIO(b"".join(export_stream(owner=User.objects.get(), options=options)))
    with zipfile.ZipFile(stream) as files:
        return [
            f"{name} {hashlib.sha256(files.read(name)).hexdigest()}"
            for name in sorted(files.namelist())
            if name != "README.txt"
        ]


EXPORT = """
import io
from django.core.management import call_command
from tests.albums.management.test_backup import exported
from tests.rows import upload_row
print("\\n".join(exported()))
call_command("export_people", {file!r}, stdout=io.StringIO())
"""


def test_backup_wipe_restore_gives_the_same_album(
    album: Path, tmp_path: Path, second_database: str, manage: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    saved, unsaved = job(saved=True), job(saved=False)
    result = backup(tmp_path / "backup")
    assert (result["files"], result["copied"], result["missing"], result["damaged"]) == (6, 6, [], [])
    assert b"a morph" in files(tmp_path / "backup" / "jobs").values()
    call_command("export_people", str(tmp_path / "before.csv"), stdout=io.StringIO())

    done = manage("restore", tmp_path / "backup", "--json")
    assert done.returncode == 0, done.stderr
    restored = json.loads(done.stdout)
    assert (restored["files"], restored["uploads_dropped"]) == (6, 1)
    job_delete(job=unsaved)
    for folder in ("originals", "jobs"):
        original = files(tmp_path / "data" / "media" / folder)
        assert files(tmp_path / "restored" / "media" / folder) == original
    assert list(original.values()) == [b"a morph"], saved
    assert (tmp_path / "restored" / "secret_key").read_text() == "very secret\n"
    with psycopg.connect(second_database) as there:
        after = rows(there)
        assert there.execute("SELECT count(*) FROM albums_upload").fetchone() == (0,)
    with psycopg.connect(**backups_parameters()) as here:
        assert after == rows(here)
    shell = EXPORT.format(file=str(tmp_path / "after.csv"))
    assert manage("shell", "--no-imports", "-c", shell).stdout.splitlines() == exported()
    assert (tmp_path / "after.csv").read_bytes() == (tmp_path / "before.csv").read_bytes()
    assert "Ruby Räd" in (tmp_path / "after.csv").read_text()
    # The backup has no renditions; the folder to-remake makes the workers create them again.
    assert sorted(path.name for path in (tmp_path / "restored/media/to-remake").iterdir()) == [
        "crops",
        "renditions",
    ]


def backups_parameters() -> dict[str, Any]:
    given = connection.get_connection_params()
    return {key: given[key] for key in ("dbname", "user", "host", "port", "password") if given.get(key)}


def test_a_second_backup_copies_only_new_files_and_an_interrupted_one_leaves_the_first_unchanged(
    album: Path, owner: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "backup"
    assert backup(target)["copied"] == 5
    folders = [target, *(path for path in target.rglob("*") if path.is_dir())]
    assert {stat.S_IMODE(path.stat().st_mode) for path in folders} == {0o700}
    assert {stat.S_IMODE(path.stat().st_mode) for path in target.rglob("*") if path.is_file()} == {0o600}
    first = (target / "manifest.json").read_bytes()
    whole_photo(owner, tmp_path / "given" / "new.jpg", 77)

    def stop(*_arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(os, "sync", stop)
        with pytest.raises(CommandError) as interrupted:
            backup(target)
    assert interrupted.value.returncode == Exit.INTERRUPTED
    assert (target / "manifest.json").read_bytes() == first
    assert backup(target, "--verify")["files"] == 7, "the first backup is still complete"

    assert backup(target)["copied"] == 0, "files copied by the interrupted backup are reused"
    assert backup(target, "--with-renditions")["copied"] == 12
    assert len(list(target.glob("database-*.dump"))) == 1

    gone = Image.objects.get(source_path="new.jpg")
    images_bin(images=Image.objects.filter(pk=gone.pk), by=owner)
    Image.objects.filter(pk=gone.pk).delete()
    assert backup(target)["files"] == 5
    assert sorted(path.name for path in target.iterdir() if path.is_dir()) == ["originals"]
    assert not (target / str(gone.original.name)).exists(), "erased photos are in no backup"


def test_erasing_an_original_during_the_copy_leaves_a_complete_backup(
    album: Path, owner: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = whole_photo(owner, tmp_path / "given" / "late.jpg", 78)
    snapshots_taken = []

    def erase_after_the_dump(self: snapshots.Moment, originals: Path) -> Any:
        snapshots_taken.append(originals)
        found = list(real(self, originals))
        if len(snapshots_taken) == 1:
            Image.objects.filter(pk=late.pk).delete()
            (tmp_path / "backup" / str(late.original.name)).unlink()
        return iter(found)

    real = snapshots.Moment.rows
    monkeypatch.setattr(snapshots.Moment, "rows", erase_after_the_dump)
    result = backup(tmp_path / "backup")
    assert len(snapshots_taken) == 2, "the backup took a second snapshot"
    assert (result["files"], result["missing"]) == (5, [])
    assert backup(tmp_path / "backup", "--verify")["damaged"] == []


def test_a_missing_original_is_reported(album: Path, tmp_path: Path) -> None:
    lost, spoilt = Image.objects.order_by("pk")[:2]
    lost.original.storage.delete(str(lost.original.name))
    Path(spoilt.original.path).write_bytes(b"x" * spoilt.size_bytes)
    with pytest.raises(CommandError, match="1 originals are missing and 1 are damaged") as result:
        backup(tmp_path / "backup")
    assert result.value.returncode == Exit.FAILED
    assert result.value.data["missing"] == [str(lost.original.name)]  # type: ignore[attr-defined]  # ours


def test_damaged_originals_of_an_interrupted_backup_are_reported_by_the_next_one(
    album: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoilt = Image.objects.order_by("pk")[1]
    Path(spoilt.original.path).write_bytes(b"x" * spoilt.size_bytes)
    target = tmp_path / "backup"

    def stop() -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(os, "sync", stop)
        with pytest.raises(CommandError):
            backup(target)
    with pytest.raises(CommandError, match="0 originals are missing and 1 are damaged"):
        backup(target)
    assert backup(target, "--verify")["damaged"] == [], "the listing has the digest of what was copied"
