"""The base of all tasks: without the database a task waits for it, however long."""

import logging
import sys
from typing import Any

from celery import Task
from django.db import InterfaceError, OperationalError, close_old_connections, connection

from config.outages import Outage, outage_of

logger = logging.getLogger(__name__)

WAIT_SECONDS = 5


class PatientTask(Task[Any, Any]):
    """A task that comes back every few seconds while the database is unavailable."""

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the task. A lost connection is no failure of it, and does not use up its retries."""
        try:
            return self.run(*args, **kwargs)
        except (OperationalError, InterfaceError) as error:
            if self.request.called_directly or outage_of(error) is not Outage.DATABASE:
                raise
            if not connection.in_atomic_block:
                close_old_connections()
            logger.warning("%s waits for the database", self.name)
            raise self.retry(exc=error, countdown=WAIT_SECONDS, max_retries=sys.maxsize) from error
