"""Read stored originals: renditions, metadata, places; turn photos."""

__all__ = ["metadata", "places", "regeneration", "renditions", "turning"]
