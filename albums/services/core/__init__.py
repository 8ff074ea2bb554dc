"""What every other package of albums.services builds on: limits, throttling, progress, names of people."""

__all__ = ["limits", "people_names", "progress", "throttling"]
