"""Static files as an installation has them: collected under names with their digests."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command


@pytest.fixture
def collected(settings: Any, tmp_path: Path) -> Path:
    """The folder of the files, collected as in production."""
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "config.static_files.HashedStaticFiles"},
    }
    call_command("collectstatic", verbosity=0, interactive=False)
    return Path(settings.STATIC_ROOT)


def test_all_files_can_be_collected_and_modules_import_hashed_names(collected: Path) -> None:
    name = staticfiles_storage.stored_name("js/app.js")  # type: ignore[attr-defined]
    imported = re.findall(r"""import\s*["']\./([^"']+)["']""", (collected / name).read_text())
    assert imported
    for other in imported:
        assert re.fullmatch(r"[\w-]+\.[0-9a-f]{12}\.js", other)
        assert (collected / "js" / other).exists()
