"""The administration's pages about faces and people, one module a subject."""

from faces.admin import grouping, installed_models, numbers, people, runs, scans

__all__ = ["grouping", "installed_models", "numbers", "people", "runs", "scans"]
