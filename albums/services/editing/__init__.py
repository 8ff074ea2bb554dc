"""Change dates, places, descriptions and tags of photos, one or many, and undo it."""

__all__ = ["completions", "edits", "photo_changes", "town_names", "turning"]
