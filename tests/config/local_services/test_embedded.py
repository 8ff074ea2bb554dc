"""The embedded Postgres and broker, each test with its own data folder."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import redis
from celery import Celery

from config.local_services import broker, embedded, locations, postgres, privileges, process_control
from tests.conftest import WITHOUT_DURABILITY

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="signals and namespaces of Linux")

HOLD = """
import sys
from pathlib import Path
from config.local_services import embedded
with embedded.services(Path(sys.argv[1])):
    print("in", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture(autouse=True)
def _embedded_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Services of the test's own, with the durability that tests/conftest.py switches off."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("BROKER_URL", raising=False)
    for name in WITHOUT_DURABILITY:
        monkeypatch.setitem(postgres.SETTINGS, name, "on")


@pytest.fixture(scope="module")
def template() -> Iterator[Path]:
    """A data folder with a database, created once because that takes long."""
    folder = Path(tempfile.mkdtemp(prefix="trombine-e-"))
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DATABASE_URL", raising=False)
        patch.delenv("BROKER_URL", raising=False)
        with embedded.services(folder / "data"):
            pass
    yield folder / "data"
    shutil.rmtree(folder)


@pytest.fixture
def data(template: Path) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="trombine-e-"))
    copied = folder / "data"
    shutil.copytree(template, copied)
    yield copied
    postgres.stop(copied)
    broker.stop(copied)
    shutil.rmtree(folder)


@contextlib.contextmanager
def another_process(data: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that uses the services until its standard input ends."""
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(data)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "in\n"
    try:
        yield child
    finally:
        child.communicate("\n", timeout=30)


def running(data: Path) -> tuple[bool, bool]:
    return postgres.process(data) is not None, broker.process(data) is not None


def number_of(process: psutil.Process | None) -> int:
    assert process is not None
    return int(process.pid)


def system_user_exists() -> bool:
    return any(user.pw_name == privileges.SYSTEM_USER for user in pwd.getpwall())


def count_pgvector(data: Path) -> object:
    with postgres.connect(data, locations.DATABASE_NAME) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_available_extensions WHERE name = 'vector'"
        ).fetchone()
        return row and row[0]


def test_the_services_run_only_inside_the_block(data: Path) -> None:
    assert running(data) == (False, False)
    with embedded.services(data):
        assert running(data) == (True, True)
        assert count_pgvector(data) == 1
        with embedded.services(data):
            pass
        assert running(data) == (True, True)
    assert running(data) == (False, False)


def test_other_users_cannot_enter_the_folder_of_the_sockets(data: Path) -> None:
    with embedded.services(data):
        assert locations.run_folder(data).stat().st_mode & 0o077 == 0


def test_no_service_listens_on_a_network(data: Path) -> None:
    with embedded.services(data):
        for server in (postgres.process(data), broker.process(data)):
            assert server is not None
            assert [one for one in server.net_connections(kind="inet") if one.status == "LISTEN"] == []


def test_the_last_process_stops_them(data: Path) -> None:
    with another_process(data):
        with embedded.services(data):
            assert running(data) == (True, True)
        assert running(data) == (True, True)
    assert running(data) == (False, False)


def test_services_that_outlived_their_starter_are_taken_over(data: Path) -> None:
    with another_process(data) as child:
        child.kill()
    before = postgres.process(data)
    assert before is not None
    with embedded.services(data):
        assert number_of(postgres.process(data)) == before.pid
    assert running(data) == (False, False)


def test_a_killed_postgres_is_started_again_and_keeps_its_data(data: Path) -> None:
    with embedded.services(data):
        with postgres.connect(data) as connection:
            connection.execute("CREATE TABLE saved AS SELECT 7 AS number")
        os.kill(number_of(postgres.process(data)), signal.SIGKILL)
        os.kill(number_of(broker.process(data)), signal.SIGKILL)
        time.sleep(0.1)
        assert embedded.ensure_running(data) == ["postgres", "broker"]
        with postgres.connect(data) as connection:
            assert connection.execute("SELECT number FROM saved").fetchone() == (7,)


def test_a_stale_pid_file_with_a_reused_id_is_ignored(data: Path) -> None:
    stale = locations.postgres_folder(data) / "postmaster.pid"
    stale.write_text(f"{os.getpid()}\n{stale.parent}\n1700000000\n5432\n{data}/run\n\n0\n")
    with embedded.services(data):
        assert count_pgvector(data) == 1


def test_a_partially_created_database_is_created_again(data: Path) -> None:
    shutil.rmtree(locations.postgres_folder(data))
    (data / "postgres.new" / "base").mkdir(parents=True)
    with embedded.services(data):
        assert count_pgvector(data) == 1


@pytest.mark.parametrize("name", ["long" * 25, "two words, and é"], ids=["long", "odd"])
def test_a_path_that_is_unsuitable_for_sockets_works(template: Path, tmp_path: Path, name: str) -> None:
    data = tmp_path / name
    shutil.copytree(template, data)
    with embedded.services(data):
        assert count_pgvector(data) == 1
    shutil.rmtree(locations.socket_folder(data))


def test_a_database_that_cannot_start_reports_the_cause(data: Path) -> None:
    (locations.postgres_folder(data) / "global" / "pg_control").unlink()
    with pytest.raises(postgres.PostgresError, match="pg_control"), embedded.services(data):
        pass
    assert running(data) == (False, False)


def test_external_services_are_left_alone(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/db")
    monkeypatch.setenv("BROKER_URL", "redis://elsewhere")
    with embedded.services(data):
        assert running(data) == (False, False)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another identity")
@pytest.mark.parametrize("mode", ["namespace", "user"])
def test_root_has_two_identities_and_may_change_between_them(
    data: Path, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if mode == "user" and "CI" not in os.environ and not system_user_exists():
        pytest.skip("would create a system user on this machine")
    modes_above = [folder.stat().st_mode for folder in data.parents]
    with monkeypatch.context() as patch:
        patch.setattr(privileges, "_CANDIDATES", {mode: privileges._CANDIDATES[mode]})
        try:
            privileges.identity_for(postgres.program("postgres"), reach=data)
        except privileges.PrivilegesError as error:
            pytest.skip(str(error))
        with embedded.services(data):
            assert count_pgvector(data) == 1
            owner = locations.postgres_folder(data).stat().st_uid
            assert (owner == 0) == (mode == "namespace")
        assert [folder.stat().st_mode for folder in data.parents] == modes_above
    with embedded.services(data):
        assert count_pgvector(data) == 1


def test_the_folder_of_another_user_is_rejected_with_a_remedy(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    with pytest.raises(embedded.EmbeddedError, match="belongs to another user"), embedded.services(data):
        pass


def test_a_dead_process_group_leader_is_not_alive() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    process = psutil.Process(child.pid)
    # It has ended, and stays there until its parent takes note.
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert not process_control.is_alive(process)
    child.wait()


def test_tasks_of_a_killed_worker_are_delivered_again(data: Path) -> None:
    with embedded.services(data):
        app = Celery(broker=f"redis+socket://{locations.broker_socket(data)}", set_as_current=False)
        app.conf.broker_transport_options = {"visibility_timeout": 3600}
        with app.connection_for_write() as killed:
            killed.SimpleQueue("faces").put({"photo": 7})
            killed.SimpleQueue("faces").get(timeout=5)
            # This worker never acknowledges. Normally the message is requeued after an hour.
            killed.transport.cycle.close()  # type: ignore[attr-defined]  # kombu has no types
        broker.requeue_unacknowledged(data)
        with app.connection_for_read() as following:
            queue = following.SimpleQueue("faces")
            queue.channel.qos.restore_visible()  # type: ignore[attr-defined]  # kombu has no types
            assert queue.get(timeout=5).payload == {"photo": 7}


def test_a_killed_broker_keeps_its_queue(data: Path) -> None:
    with embedded.services(data):
        with redis.Redis(unix_socket_path=str(locations.broker_socket(data))) as client:
            client.lpush("faces", "photo 7")
        os.kill(number_of(broker.process(data)), signal.SIGKILL)
        time.sleep(0.1)
        assert embedded.ensure_running(data) == ["broker"]
        with redis.Redis(unix_socket_path=str(locations.broker_socket(data))) as client:
            assert client.lrange("faces", 0, -1) == [b"photo 7"]
