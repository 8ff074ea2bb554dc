"""What is written to the logs."""

from typing import Any

from config import env

# bin/manage chooses WARNING for commands that print a result.
_log_level = env.choice("TROMBINE_LOG_LEVEL", "INFO", legal=("DEBUG", "INFO", "WARNING", "ERROR"))
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {name: {"level": _log_level} for name in ("albums", "faces", "api", "config")},
}
