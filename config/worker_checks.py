"""Worker component that ends a worker whose code does not fit the tables of the database.

Workers of several machines are updated one after another. Old code would write rows without what a newer
version requires, and new code would fail on every task.
"""

import logging
from typing import Any

from celery import bootsteps
from celery.worker import state
from django.db import DatabaseError, connection

from config.commands.preparation import PreparationError, require_fitting_tables
from config.commands.reporting import Exit

logger = logging.getLogger(__name__)

INTERVAL_SECONDS = 60.0


class TablesCheck(bootsteps.StartStopStep):
    """Compares code and tables when the worker starts and every minute; a mismatch ends the worker."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def __init__(self, parent: Any, **kwargs: Any) -> None:
        super().__init__(parent, **kwargs)
        self.timer: Any = None

    def start(self, parent: Any) -> None:
        """Check, and start the timer. Celery calls this with each connection to the broker."""
        end_unless_tables_fit()
        self.timer = parent.timer.call_repeatedly(INTERVAL_SECONDS, end_unless_tables_fit)

    def stop(self, parent: Any) -> None:  # noqa: ARG002 - Celery's signature
        """Stop the timer. Celery calls this at shutdown and when the broker is unavailable."""
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None


def end_unless_tables_fit() -> None:
    """Tell Celery to end this worker, with a logged sentence, if its code does not fit the tables."""
    try:
        require_fitting_tables()
    except PreparationError as error:
        logger.critical("%s", error)
        state.should_stop = int(Exit.UNAVAILABLE)  # type: ignore[assignment]  # celery-types knows None only
    except DatabaseError:
        # Tasks wait for an unreachable database, too; the next check compares.
        pass
    finally:
        connection.close()
