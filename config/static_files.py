"""Static files of an installation: under names with their digests, packed; modules find each other."""

from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # it has no types
    """As WhiteNoise has it; `import "./other.js"` in a script of ours leads to the hashed name, too."""

    support_js_module_import_aggregation = True
    # Only in our own scripts: packages bring files for bundlers, whose imports lead to no file.
    _js_module_import_aggregation_patterns: tuple[str, Any] = (
        "js/*.js",
        CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1],  # noqa: SLF001
    )
