"""Erased data leaves the disk: no file of the data folder holds a vector, name or picture that is gone."""

import os
import secrets
import time
from pathlib import Path
from urllib.parse import quote

import numpy as np
import psycopg
import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from albums.models import BackupRecord, Image, Sweep
from albums.services.accounts.account_deletion import account_delete
from albums.services.erasing import database_files
from albums.services.erasing.bin import images_bin, images_erase, images_expire
from albums.services.erasing.sweeping import PATIENCE, SweepOutcome, files_delete, sweep_run
from albums.services.erasing.sweeps import backups_holding, sweep_request, sweep_state
from albums.tasks import sweep_erased
from faces.models import Face, FaceEmbedding, StagedFace
from faces.services.erasing.erasure import person_erase, recognition_end
from faces.services.people.edits import faces_confirm, person_name
from faces.services.people.stats import stats_refresh
from faces.vision.profiles import PROFILES
from tests.faces.services.conftest import World
from tests.faces.services.erasing.families import staged
from tests.rows import DIMENSIONS

own_server = pytest.mark.skipif("DATABASE_URL" in os.environ, reason="the files of another server")


@pytest.fixture
def owner(transactional_db: None) -> User:
    """A committed account: tables are not rewritten within a transaction."""
    return User.objects.create_user("ada", password="a long pass phrase")


@pytest.fixture(autouse=True)
def _patience_with_other_databases(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other processes of the run use other databases of the same server, with transactions of their own."""
    monkeypatch.setattr(database_files, "SNAPSHOT_SECONDS", 300.0)


class Traces:
    """A person whose vectors, name and pictures can be recognised in any file."""

    def __init__(self, world: World) -> None:
        self.number = world.owner.pk
        self.name = f"Zoë {secrets.token_hex(8)}"
        self.picture = secrets.token_bytes(32)
        self.numbers = np.random.default_rng().normal(size=6).astype(np.float32)
        self.faces = [face for _ in range(12) for face in world.photo(0)]
        for face in self.faces:
            name = f"faces/{world.owner.pk}/ab/{face.pk}.jpg"
            face.crop = face.crop.storage.save(name, ContentFile(self.picture))
            face.save()
            FaceEmbedding.objects.filter(face=face).update(vector=self.vector(face))
        found_again = staged(self.faces[0].image)
        StagedFace.objects.filter(pk=found_again.pk).update(vector=self.vector(self.faces[0]))
        Image.objects.filter(owner=world.owner).update(source_path=f"{self.name}.jpg")
        self.person = world.person(*self.faces)
        person_name(person=self.person, name=self.name, by=world.owner)
        faces_confirm(faces=self.faces[:3], by=world.owner)
        stats_refresh(owner_id=world.owner.pk)

    def vector(self, face: Face) -> list[float]:
        """Each begins alike."""
        rest = np.random.default_rng(face.pk).normal(size=DIMENSIONS - len(self.numbers))
        return [*map(float, self.numbers), *rest]

    def needles(self) -> dict[str, bytes]:
        """Bytes that no file may contain, by name."""
        return {
            f"{self.number} vector, little-endian": self.numbers.astype("<f4").tobytes(),
            f"{self.number} vector, big-endian": self.numbers.astype(">f4").tobytes(),
            f"{self.number} picture": self.picture,
            f"{self.number} name": self.name.encode(),
            f"{self.number} name, UTF-16": self.name.encode("utf-16-le"),
            f"{self.number} name, UTF-16 big-endian": self.name.encode("utf-16-be"),
            f"{self.number} name, percent-encoded": quote(self.name).encode(),
        }


def found(needles: dict[str, bytes], folders: list[Path]) -> set[str]:
    """Return what the files below these folders contain, after all is written to them."""
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
    contained = set()
    for folder in folders:
        for path in folder.rglob("*"):
            try:
                content = path.read_bytes() if path.is_file() else b""
            except FileNotFoundError:
                continue
            contained |= {what for what, needle in needles.items() if needle in content}
    return contained


def new_world(name: str) -> World:
    return World(User.objects.create_user(name))


@own_server
@pytest.mark.long
@pytest.mark.slow(6)
def test_nothing_erased_is_in_any_file(world: World, tmp_path: Path) -> None:
    worlds = [world, new_world("grace"), new_world("joan")]
    traces = [Traces(one) for one in worlds]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    folders = [Path(settings.DATA_DIR), tmp_path]
    needles = {what: needle for one in traces for what, needle in one.needles().items()}
    kinds = ("vector, little-endian", "name", "picture")
    written = {f"{one.number} {what}" for one in traces for what in kinds}
    assert written <= found(needles, folders)

    # The photos of a person stay, with their file names.
    Image.objects.exclude(owner=worlds[2].owner).update(source_path="photo.jpg")
    receipts = [person_erase(person=traces[0].person, by=world.owner), recognition_end(owner=worlds[1].owner)]
    account_delete(user=worlds[2].owner)
    rows_left = {f"{one.number} {what}" for one in traces for what in kinds[:2]}
    assert rows_left <= found(needles, folders), "the rows are gone, their bytes are not"
    assert sweep_run(at_once=True) is SweepOutcome.DONE
    assert found(needles, folders) == set()
    for receipt in receipts:
        receipt.refresh_from_db()
        assert receipt.sweep is not None
        state = sweep_state(receipt.sweep)
        assert (state.finished_at is not None, state.progress, state.left) == (True, 1.0, [])
    assert sweep_run(at_once=True) is SweepOutcome.NOTHING


def test_a_sweep_that_was_killed_continues_with_the_other_tables(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweep = sweep_request(owner_id=world.owner.pk)
    slow = database_files.slow_indexes("faces_faceembedding")
    exemplars = database_files.slow_indexes("faces_personexemplar")
    assert len(slow) == len(exemplars) == len(PROFILES)
    rewrite, rewritten = database_files.table_rewrite, list[str]()

    def killed_after_the_vectors(table: str) -> None:
        rewrite(table)
        if table == "faces_faceembedding":
            raise KeyboardInterrupt

    def noted(table: str) -> None:
        rewritten.append(table)
        rewrite(table)

    with monkeypatch.context() as patched:
        patched.setattr(database_files, "table_rewrite", killed_after_the_vectors)
        with pytest.raises(KeyboardInterrupt):
            sweep_run(at_once=True)
    sweep.refresh_from_db()
    assert sweep.finished_at is None
    assert database_files.slow_indexes("faces_faceembedding") == {}
    assert sweep.indexes == slow | exemplars
    monkeypatch.setattr(database_files, "table_rewrite", noted)
    assert sweep_run(at_once=True) is SweepOutcome.DONE
    assert not {*rewritten} & {*sweep.tables}
    assert database_files.slow_indexes("faces_faceembedding") == slow
    assert database_files.slow_indexes("faces_personexemplar") == exemplars
    sweep.refresh_from_db()
    assert (sweep.files, sweep.tables, sweep.indexes, sweep.progress) == ([], [], {}, 1.0)
    assert statistics_on() & {(name, "vector") for name in slow} == set()


def test_a_sweep_waits_for_a_quiet_moment_and_for_older_transactions(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sweep_run() is SweepOutcome.NOTHING
    sweep = sweep_request(owner_id=world.owner.pk)
    image = world.photo(0)[0].image
    Image.objects.filter(pk=image.pk).update(state=Image.State.STORED)
    assert sweep_run() is SweepOutcome.LATER, "a photo is being read"
    Sweep.objects.update(requested_at=timezone.now() - PATIENCE)
    monkeypatch.setattr(database_files, "SNAPSHOT_SECONDS", 0.0)
    with psycopg.connect(**connection.get_connection_params()) as backup:
        backup.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        backup.execute("SELECT count(*) FROM faces_face")
        assert sweep_run() is SweepOutcome.LATER, "a backup still sees the erased rows"
    with psycopg.connect(**connection.get_connection_params() | {"dbname": "postgres"}) as other:
        other.execute("SELECT pg_current_xact_id()")
        assert sweep_run() is SweepOutcome.LATER, "VACUUM FULL keeps what others see"
    sweep.refresh_from_db()
    assert (sweep.tables, sweep.finished_at) == ([], None)


def test_a_sweep_waits_for_transactions_of_users_whose_sessions_it_may_not_see(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_files, "SNAPSHOT_SECONDS", 0.0)
    with connection.cursor() as cursor, psycopg.connect(**connection.get_connection_params()) as backup:
        backup.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        backup.execute("SELECT count(*) FROM faces_face")
        cursor.execute("CREATE ROLE without_rights")
        try:
            cursor.execute("SET ROLE without_rights")
            with pytest.raises(database_files.FilesBusy):
                database_files.snapshots_end()
        finally:
            cursor.execute("RESET ROLE")
            cursor.execute("DROP ROLE without_rights")


def test_only_tables_of_ours_are_written_anew(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE of_another_program (id integer)")
    names = database_files.tables()
    assert "of_another_program" not in names
    assert {"faces_faceembedding", "albums_image", "faces_personalbum_people", "django_session"} <= {*names}


def test_the_schedule_and_messages_of_older_versions_run_the_sweep() -> None:
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert sweep_erased.name == "faces.tasks.cluster_sweep"
    assert sweep_erased.name in scheduled


def test_photos_whose_time_is_over_are_swept_once_a_day_others_at_once(world: World) -> None:
    images = Image.objects.filter(pk=world.photo(0)[0].image_id)
    images_bin(images=images, by=world.owner)
    images_erase(images=images)
    assert sweep_run() is SweepOutcome.NOTHING
    others = Image.objects.filter(pk=world.photo(0)[0].image_id)
    images_bin(images=others, by=world.owner)
    images_expire(images=others, by=world.owner)
    images_erase(images=others)
    assert Sweep.objects.unfinished().filter(urgent=True).exists()


def test_files_of_an_erasure_that_was_killed_are_deleted_but_not_later_ones(
    world: World, tmp_path: Path, settings: Settings
) -> None:
    settings.DATA_DIR = tmp_path
    storage = Face.crop.field.storage
    names = [storage.save(f"faces/{folder}/a.jpg", ContentFile(b"a face")) for folder in ("7", "8", "9")]
    (tmp_path / "lost-found/faces/7").mkdir(parents=True)
    (tmp_path / "lost-found/faces/7/b.jpg").write_bytes(b"a face")
    sweep = sweep_request(owner_id=world.owner.pk, files=["faces/7/", names[1], "faces/none.jpg"])
    again = storage.save("faces/7/c.jpg", ContentFile(b"another face"))
    os.utime(storage.path(again), (time.time() + 5,) * 2)
    files_delete(sweep.files, before=sweep.requested_at)
    assert [storage.exists(name) for name in [*names, again]] == [False, False, True, True]
    assert not (tmp_path / "lost-found/faces/7").exists()


def test_backups_made_before_an_erasure_hold_it_and_later_ones_do_not(world: World) -> None:
    old = BackupRecord.objects.create(target="/disk/old", taken_at=timezone.now())
    sweep = sweep_request(owner_id=world.owner.pk)
    BackupRecord.objects.create(target="/disk/new", taken_at=timezone.now())
    assert sweep_state(sweep).backups == [old.taken_at]
    assert backups_holding(sweep) == ["/disk/old"]
    assert any("Backups made before" in sentence for sentence in sweep_state(sweep).sentences)


CODES = frozenset({
    "sort", "role", "state", "status", "kind", "reason", "stage", "mime_type", "content_type", "language",
    "theme", "poor_reason", "detector", "embedder", "model", "rule", "what", "signature", "key", "camera",
    "place", "country", "captured_source",
})  # fmt: skip
"""Columns of codes, or of what many photos share; the sweep computes their statistics again."""

UNNAMED = frozenset({
    "albums_endedupload", "albums_sweep", "faces_clusterquality", "faces_erasurereceipt",
    "faces_operatorquestion", "faces_skippedquestion",
})  # fmt: skip
"""Tables with ids, digests and counts only."""


def statistics_on() -> set[tuple[str, str]]:
    """Columns of text, JSON and vectors in tables of ours with statistics, and those of indexes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid "
            "JOIN pg_type t ON t.oid = a.atttypid WHERE c.relkind IN ('r', 'i') AND a.attnum > 0 "
            "AND NOT a.attisdropped AND c.relnamespace = current_schema()::regnamespace "
            "AND coalesce(a.attstattarget, -1) <> 0 AND (t.typname IN "
            "('text', 'varchar', 'jsonb', 'tsvector', '_float8', 'bytea') OR t.typname LIKE '%vector%') "
            "AND (c.relkind = 'r' AND c.relname ~ '^(albums|faces)_' OR EXISTS (SELECT FROM pg_index i "
            "WHERE i.indexrelid = c.oid AND i.indkey[a.attnum - 1] = 0 "
            "AND c.relname ~ '^(embedding|exemplar)'))"
        )
        return {(str(table), str(column)) for table, column in cursor.fetchall()}


def test_the_planner_has_no_statistics_of_vectors_names_and_paths(db: None) -> None:
    """A new column needs a migration that switches its statistics off, or a place in the tables above."""
    on = statistics_on()
    assert {one for one in on if one[1] not in CODES and one[0] not in UNNAMED} == set()
