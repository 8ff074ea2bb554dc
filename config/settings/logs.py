"""Settings of logs."""

from typing import Any

from config import env

# bin/manage sets WARNING for commands that print a result.
_log_level = env.choice("TROMBINE_LOG_LEVEL", "INFO", legal=("DEBUG", "INFO", "WARNING", "ERROR"))
_log_format = env.choice("TROMBINE_LOG_FORMAT", "console", legal=("console", "json"))
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": "config.observability.log_format.formatter", "style": _log_format}},
    "filters": {
        "outages": {"()": "config.outages.OutageFilter"},
        "one_line": {"()": "config.outages.OneLineFilter"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        **{name: {"level": _log_level} for name in ("albums", "faces", "api", "config", "celery")},
        # Without their own handlers, which would print URLs with secrets.
        "django": {"level": _log_level, "handlers": [], "propagate": True},
        "django.request": {"filters": ["outages"]},
        # Of receivers whose work is found again in the database.
        "django.dispatch": {"filters": ["one_line"]},
        "django.server": {"level": "WARNING", "handlers": [], "propagate": True},
        "gunicorn.error": {"level": _log_level, "handlers": [], "propagate": True},
    },
}
