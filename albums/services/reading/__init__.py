"""Read stored originals: renditions, metadata, places; turn photos."""

__all__ = ["fingerprints", "metadata", "places", "regeneration", "renditions", "town_index", "turning"]
