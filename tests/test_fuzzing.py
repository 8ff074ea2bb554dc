"""Whatever is sent to an operation, a page or a form, the answer is no server error.

`benchmarks/fuzzing.py` sends more, with other seeds.
"""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connections

from albums import extensions
from tests.demo import studio
from tests.faces.trained_verifiers import stored_verifier
from tests.fuzzing.scene import fuzzer_create

SEED, REQUESTS = 13, 500


@pytest.fixture
def _rows(db: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    cache.clear()
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path / "data")
    # A response that is never read ends when it is collected, and the connection of the transaction with it.
    monkeypatch.setattr(connections["default"], "close_if_unusable_or_obsolete", lambda: None)
    stored_verifier("a-class")
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)
    extensions.unregister(studio.EXTENSION)


@pytest.mark.long
@pytest.mark.slow(20)
@pytest.mark.usefixtures("_rows")
def test_no_request_is_answered_with_a_server_error() -> None:
    report = fuzzer_create(SEED).run(REQUESTS)
    assert len(report.targets) > 300
    assert "\n".join(map(str, report.kinds.values())) == ""
