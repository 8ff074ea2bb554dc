"""Gunicorn settings: logs go through the settings' LOGGING.

There is no access log. `config.observability.middleware` writes one line per request, without the URL, which
may be a share link.
"""

from config.settings.logs import LOGGING

logconfig_dict = LOGGING
