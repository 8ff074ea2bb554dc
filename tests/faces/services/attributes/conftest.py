"""The stand-in for the network in place of the installed one."""

import pytest

from faces.services.attributes import estimation
from tests.faces.attributes import BrightnessSession


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> BrightnessSession:
    made = BrightnessSession()
    monkeypatch.setattr(estimation, "get_age_gender", lambda: made.model)
    return made
