"""The queues that have work, and how many tasks wait in each."""

from collections.abc import Iterable
from functools import cache

from amqp.exceptions import NotFound as AmqpNotFound
from celery import current_app
from kombu.exceptions import ChannelError

# The broker's library waits so long for a connection, and for an answer.
SECONDS = 1


@cache
def queues_with_work() -> tuple[str, ...]:
    """The queues into which one of our tasks goes: a worker must listen to each of them."""
    route = current_app.amqp.router.route
    names = (name for name in current_app.tasks if not name.startswith("celery."))
    return tuple(sorted({route({}, name)["queue"].name for name in names}))


def lengths(queues: Iterable[str]) -> dict[str, int]:
    """How many tasks wait in each queue, without those that a worker has taken; 0 where there is no queue.

    Works with every broker that knows a passive declaration. Raises kombu's OperationalError, or an OSError.
    """
    found = {}
    with current_app.connection_for_read(connect_timeout=SECONDS) as connection:
        connection.transport_options = {**(connection.transport_options or {}), **_time_limits()}
        connection.ensure_connection(max_retries=1, interval_start=0, interval_max=0, timeout=SECONDS)
        for queue in queues:
            # A refusal closes the channel.
            with connection.channel() as channel:
                try:
                    found[queue] = channel.queue_declare(queue, passive=True).message_count  # type: ignore[attr-defined]  # of every channel
                except (ChannelError, AmqpNotFound):
                    found[queue] = 0
    return found


def _time_limits() -> dict[str, float]:
    if str(current_app.conf.broker_url).startswith(("amqp", "pyamqp")):
        return {"read_timeout": SECONDS, "write_timeout": SECONDS}
    return {"socket_timeout": SECONDS, "socket_connect_timeout": SECONDS}
