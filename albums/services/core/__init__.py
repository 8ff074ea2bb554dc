"""The base of all album services: limits, throttling, progress, names of people, row ids, models."""

__all__ = [
    "installed_models",
    "isolation",
    "limits",
    "originals",
    "people_names",
    "photo_counts",
    "progress",
    "row_ids",
    "throttling",
]
