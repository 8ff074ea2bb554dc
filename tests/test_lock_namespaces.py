"""Advisory locks of different things never meet."""

import re
from pathlib import Path

from django.conf import settings

NUMBER = re.compile(r"^LOCK_NAMESPACE = (0x[0-9A-F]+)$", re.MULTILINE)


def test_each_kind_of_lock_has_a_number_of_its_own() -> None:
    root = Path(settings.BASE_DIR)
    files = [file for app in ("albums", "faces", "api") for file in (root / app).rglob("*.py")]
    numbers = [number for file in files for number in NUMBER.findall(file.read_text())]
    assert len(numbers) >= 6
    assert len(numbers) == len(set(numbers))
