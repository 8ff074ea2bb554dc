"""Change dates, places, descriptions and tags of photos, one or many, and undo it."""

__all__ = [
    "batches",
    "change_jobs",
    "completions",
    "edits",
    "instructions",
    "photo_changes",
    "town_names",
    "turning",
]
