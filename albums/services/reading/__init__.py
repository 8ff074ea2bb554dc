"""Read stored originals: renditions, metadata, places; turn photos."""

__all__ = [
    "fingerprints",
    "metadata",
    "places",
    "regeneration",
    "renditions",
    "sidecars",
    "town_index",
    "turning",
]
