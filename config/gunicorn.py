"""Gunicorn settings. There is no access log: config.observability.middleware logs requests."""

from config.settings.logs import LOGGING

logconfig_dict = LOGGING
worker_class = "config.web_server.worker.LoopWorker"
# A process whose event loop stands still for so long is replaced.
preload_app = True
timeout = 120
graceful_timeout = 4
control_socket_disable = True
