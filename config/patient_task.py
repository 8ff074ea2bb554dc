"""The base of all tasks: without the database or room on the disk a task waits, however long."""

import logging
import sys
from typing import Any

from celery import Task
from django.db import InterfaceError, OperationalError, close_old_connections, connection

from config.outages import Outage, outage_of

logger = logging.getLogger(__name__)

WAIT_SECONDS = {Outage.DATABASE: 5, Outage.DISK: 15}


class PatientTask(Task[Any, Any]):
    """A task that comes back every few seconds while the database is unavailable or a disk is full."""

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the task. A lost connection and a full disk are no failures of it."""
        try:
            return self.run(*args, **kwargs)
        except (OperationalError, InterfaceError, OSError) as error:
            outage = outage_of(error)
            if self.request.called_directly or outage not in WAIT_SECONDS:
                raise
            if not connection.in_atomic_block:
                close_old_connections()
            logger.warning("%s waits: no %s", self.name, outage.value)
            raise self.retry(exc=error, countdown=WAIT_SECONDS[outage], max_retries=sys.maxsize) from error
