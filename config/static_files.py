"""Storage of compressed static files with hashed names."""

from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # untyped in the library
    """WhiteNoise's storage, which also replaces the names in `import "./other.js"`."""

    support_js_module_import_aggregation = True
    # A new name changes those of all scripts that import it, in the next pass: a chain of eight takes eight.
    max_post_process_passes = 30
    # Only in our scripts: packages contain files for bundlers, whose imports match no file.
    _js_module_import_aggregation_patterns: tuple[str, Any] = (
        "js/*.js",
        CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1],  # noqa: SLF001
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._addresses: dict[tuple[str | None, bool], str] = {}

    def url(self, name: str | None, *, force: bool = False) -> str:
        """Return the address of a file, which is found once: a page has dozens. Raises ValueError."""
        key = (name, force)
        if key not in self._addresses:
            self._addresses[key] = super().url(name, force=force)
        return self._addresses[key]
