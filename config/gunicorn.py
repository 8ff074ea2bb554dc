"""Gunicorn settings. There is no access log: config.observability.middleware logs requests."""

from config.settings.logs import LOGGING

logconfig_dict = LOGGING
