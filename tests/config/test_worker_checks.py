"""Code and tables that do not fit each other."""

import logging
from collections.abc import Iterator

import pytest
from celery.worker import state
from django.db.migrations.recorder import MigrationRecorder

from config.commands.preparation import PreparationError, require_fitting_tables
from config.worker_checks import end_unless_tables_fit


@pytest.fixture(autouse=True)
def _running() -> Iterator[None]:
    state.should_stop = None
    yield
    state.should_stop = None


@pytest.mark.django_db
def test_fitting_tables_end_no_worker() -> None:
    end_unless_tables_fit()
    assert state.should_stop is None


@pytest.mark.django_db
def test_tables_of_a_newer_version_end_the_worker_with_a_sentence(caplog: pytest.LogCaptureFixture) -> None:
    MigrationRecorder.Migration.objects.create(app="albums", name="0999_from_the_future")
    with caplog.at_level(logging.CRITICAL):
        end_unless_tables_fit()
    assert "newer version of Trombine (unknown: albums.0999_from_the_future). Update Trombine" in caplog.text
    assert state.should_stop == 3


@pytest.mark.django_db
def test_older_tables_name_the_command() -> None:
    MigrationRecorder.Migration.objects.filter(app="albums", name__gte="0016").delete()
    with pytest.raises(PreparationError, match="bin/manage migrate"):
        require_fitting_tables()


@pytest.mark.django_db
def test_an_empty_database_is_not_called_old() -> None:
    MigrationRecorder.Migration.objects.all().delete()
    with pytest.raises(PreparationError, match="has no tables yet"):
        require_fitting_tables()


@pytest.mark.django_db
def test_tables_of_packages_that_are_no_longer_used_do_not_matter() -> None:
    MigrationRecorder.Migration.objects.create(app="former_app", name="0001_initial")
    require_fitting_tables()
