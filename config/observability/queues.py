"""Celery queues and their lengths."""

from collections.abc import Iterable
from functools import cache

from amqp.exceptions import NotFound as AmqpNotFound
from celery import current_app
from kombu.exceptions import ChannelError

TIMEOUT_SECONDS = 1


@cache
def queues_with_work() -> tuple[str, ...]:
    """Return the queues that a task is routed to: each of them needs a worker."""
    route = current_app.amqp.router.route
    names = (name for name in current_app.tasks if not name.startswith("celery."))
    return tuple(sorted({route({}, name)["queue"].name for name in names}))


def lengths(queues: Iterable[str]) -> dict[str, int]:
    """Return the number of tasks that wait in each queue. Raises kombu's errors or OSError."""
    found = {}
    with current_app.connection_for_read(connect_timeout=TIMEOUT_SECONDS) as connection:
        connection.transport_options = {**(connection.transport_options or {}), **_timeouts()}
        connection.ensure_connection(max_retries=1, interval_start=0, interval_max=0, timeout=TIMEOUT_SECONDS)
        for queue in queues:
            # A failed declaration closes the channel.
            with connection.channel() as channel:
                try:
                    found[queue] = channel.queue_declare(queue, passive=True).message_count  # type: ignore[attr-defined]  # of every channel
                except (ChannelError, AmqpNotFound):
                    found[queue] = 0
    return found


def _timeouts() -> dict[str, float]:
    amqp = str(current_app.conf.broker_url).startswith(("amqp", "pyamqp"))
    names = ("read_timeout", "write_timeout") if amqp else ("socket_timeout", "socket_connect_timeout")
    return dict.fromkeys(names, TIMEOUT_SECONDS)
