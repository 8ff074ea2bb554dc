"""Static files of an installation: under names with their digests, packed; modules find each other."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # it has no types
    """As WhiteNoise has it; `import "./other.js"` in a script leads to the hashed name, too."""

    support_js_module_import_aggregation = True
