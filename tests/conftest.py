"""One embedded Postgres and broker for the whole run, shared by all its processes, in a folder of its own.

With DATABASE_URL or BROKER_URL set, those are used instead.
"""

import contextlib
import gc
import itertools
import os
import shutil
import signal
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.utils import translation
from pytest_django import DjangoDbBlocker

from config.local_services import embedded, postgres
from tests import table_cleanup, template_database

if TYPE_CHECKING:
    from albums.services.jobs.kinds import JobKind

_services = contextlib.ExitStack()
# The folder is removed after the run: nothing has to survive a crash of the machine.
WITHOUT_DURABILITY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def pytest_configure() -> None:
    """Start the services before the first test asks for a database."""
    # Nothing is garbage before the first test: looking for it takes a quarter of the time of the collection.
    gc.disable()
    # A shell lets what it runs in the background ignore these, and what a test starts would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGQUIT, signal.SIG_DFL)
    postgres.SETTINGS.update(WITHOUT_DURABILITY)
    _services.enter_context(embedded.services(settings.DATA_DIR))
    table_cleanup.install()


def pytest_collection_finish() -> None:
    """Look for garbage from now on, but rarely, and not among modules and tests: that saves a tenth."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    gc.enable()


def pytest_unconfigure() -> None:
    """Stop them with the last process of the run, which also takes the folder away."""
    _services.close()
    if "PYTEST_XDIST_WORKER" not in os.environ:
        shutil.rmtree(settings.DATA_DIR, ignore_errors=True)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each process slow modules first, and fast tests after them.

    pytest-xdist splits the list evenly and moves tests from the end of the longest part to an idle process:
    slow tests there would keep the last process busy alone.
    """
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return
    parts: list[list[pytest.Item]] = [[] for _ in range(int(os.environ["PYTEST_XDIST_WORKER_COUNT"]))]
    slow = sorted((item for item in items if _seconds(item)), key=lambda item: item.path)
    modules = [list(tests) for _path, tests in itertools.groupby(slow, key=lambda item: item.path)]
    for tests in sorted(modules, key=lambda tests: -sum(map(_seconds, tests))):
        min(parts, key=lambda part: sum(map(_seconds, part))).extend(tests)
    fast = iter([item for item in items if not _seconds(item)])
    left = len(items)
    for index, part in enumerate(parts):
        size = left // (len(parts) - index)
        part.extend(itertools.islice(fast, max(0, size - len(part))))
        left -= size
    items[:] = [*itertools.chain(*parts), *fast]


def _seconds(item: pytest.Item) -> int:
    marker = item.get_closest_marker("slow")
    return marker.args[0] if marker else 0


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: DjangoDbBlocker
) -> None:
    """The database of each process is a copy of one, except on a server of another."""
    if embedded.uses_postgres():
        with django_db_blocker.unblock():
            template_database.use()


@pytest.fixture(autouse=True)
def _media_folder(tmp_path: object, settings: object) -> None:
    """Every test has its own media folder."""
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]  # a fixture


@pytest.fixture(autouse=True)
def _own_language() -> Iterator[None]:
    """A request leaves its language behind, and the next test may run in the same process."""
    yield
    translation.deactivate()


@pytest.fixture
def ada(db: None) -> User:
    return User.objects.create_user("ada")


@pytest.fixture
def grace(db: None) -> User:
    return User.objects.create_user("grace")


@pytest.fixture
def job_kinds() -> "Iterator[dict[str, JobKind]]":
    """The kinds of job of the tests, registered as an app registers its own."""
    from albums import extensions
    from albums.services.jobs import kinds
    from tests.albums import jobs

    extensions.register(jobs.EXTENSION)
    yield kinds.job_kinds()
    extensions.unregister(jobs.EXTENSION)


@pytest.fixture
def owner(db: None) -> User:
    """An account that signs in with a password."""
    return User.objects.create_user("ada", password="a long pass phrase")


@pytest.fixture
def stranger(db: None) -> User:
    return User.objects.create_user("eve", password="another pass phrase")
