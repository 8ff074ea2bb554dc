"""Change dates, places, descriptions, tags and marks of photos, one or many, or move them; and undo it."""

__all__ = [
    "batches",
    "change_jobs",
    "completions",
    "edits",
    "instructions",
    "moving",
    "photo_changes",
    "town_names",
    "turning",
]
