"""Settings of gunicorn that are no options of its command line: its log is written as all others are.

It has no log of requests: `config.observing.middleware` writes one line about each, without the address, for
that may be a share link.
"""

from config.settings.logs import LOGGING

logconfig_dict = LOGGING
