"""Read stored originals: renditions, metadata, places; turn photos."""

__all__ = ["metadata", "regeneration", "renditions", "turning"]
