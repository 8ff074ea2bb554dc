"""The Celery application, configured by the Django settings with the prefix CELERY_."""

import os

from celery import Celery

from config.env import settings_module
from config.observability import celery_signals
from config.resuming import Resuming
from config.worker_checks import TablesCheck

os.environ.setdefault("DJANGO_SETTINGS_MODULE", settings_module())

app = Celery(
    "trombine", amqp="config.broker_connection:BrokerAMQP", task_cls="config.patient_task:PatientTask"
)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(related_name="job_tasks")
celery_signals.connect(app)
app.steps["consumer"].add(TablesCheck)
app.steps["consumer"].add(Resuming)
