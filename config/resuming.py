"""The moment from which a worker can work: after its start, and at each new connection to the broker."""

from typing import Any

from celery import bootsteps
from django.dispatch import Signal

work_resumes = Signal()
"""Sent by a worker that has connected to the broker. Receivers send the tasks that find unfinished work."""


class Resuming(bootsteps.StartStopStep):
    """Component of a worker that sends `work_resumes` with each connection to the broker."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def start(self, parent: Any) -> None:
        """Send the signal. An error of a receiver is logged, and does not end the worker."""
        work_resumes.send_robust(sender=type(self), worker=parent.hostname)
