"""Read stored originals: renditions, metadata, places."""

__all__ = ["metadata", "regeneration", "renditions"]
