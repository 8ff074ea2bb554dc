"""The administration's pages about faces and people, one module a subject."""

from faces.admin import group, grouping, installed_models, numbers, people, review, runs, scans

__all__ = ["group", "grouping", "installed_models", "numbers", "people", "review", "runs", "scans"]
