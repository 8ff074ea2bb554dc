"""Connections to the broker that notice its return soon.

Celery waits two seconds more after each attempt, up to 30, before the next one, and has no setting for that.
"""

from typing import Any

from celery.app.amqp import AMQP
from kombu import Connection

FIRST_SECONDS = 0.5
STEP_SECONDS = 0.5
LONGEST_SECONDS = 1.5


class BrokerConnection(Connection):
    """A connection that is attempted again after a second and a half at most."""

    def ensure_connection(self, *args: Any, **options: Any) -> Any:
        """Connect, and try again until it succeeds or `max_retries` is exceeded."""
        pauses = {
            "interval_start": FIRST_SECONDS,
            "interval_step": STEP_SECONDS,
            "interval_max": LONGEST_SECONDS,
        }
        return super().ensure_connection(*args, **{**pauses, **options})


class BrokerAMQP(AMQP):
    """Celery's messaging with these connections."""

    Connection = BrokerConnection
