"""Tasks are sent in one place, which knows what an unavailable broker is."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from config import sending
from faces.tasks import cluster_anew

RAW = re.compile(r"\.(?:delay|delay_on_commit|apply_async|send_task)\(")


def test_no_other_module_sends_a_task_itself() -> None:
    folder = Path(settings.BASE_DIR)
    modules = (path for app in ("albums", "api", "faces", "config") for path in (folder / app).rglob("*.py"))
    raw = [path for path in modules if RAW.search(path.read_text())]
    assert raw == [Path(str(sending.__file__))]


@pytest.mark.parametrize("error", [OperationalError("away"), RedisError("away"), ConnectionRefusedError()])
def test_what_cannot_be_sent_waits_or_is_an_error(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_args: object, **_options: object) -> None:
        raise error

    monkeypatch.setattr(cluster_anew, "delay", refused)
    assert not sending.send(cluster_anew, 1)
    with pytest.raises(sending.BrokerUnavailable):
        sending.send_at_once(cluster_anew, 1)
