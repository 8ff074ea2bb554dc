"""One database with all tables that the processes of a run copy, so that the migrations run once.

A copy takes a tenth of a second, the migrations ten seconds.
"""

import fcntl
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connection

NAME = "template_of_tests"


def use() -> None:
    """Let Django create the test database as a copy; the first process makes the template, others wait."""
    test = connection.settings_dict["TEST"]
    own, name = test["NAME"], connection.settings_dict["NAME"]
    with (Path(settings.DATA_DIR) / f"{NAME}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _exists():
            test["NAME"] = NAME
            connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
            connection.close()
            test["NAME"] = own
            settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name
    test["TEMPLATE"] = NAME


def _exists() -> bool:
    with psycopg.connect(**connection.get_connection_params() | {"dbname": "postgres"}) as server:
        return server.execute("SELECT FROM pg_database WHERE datname = %s", [NAME]).fetchone() is not None
