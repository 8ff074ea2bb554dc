"""The base of all album services: limits, throttling, progress, names of people, ids of rows."""

__all__ = ["limits", "originals", "people_names", "progress", "row_ids", "throttling"]
