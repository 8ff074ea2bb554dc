"""Scan all photos of an owner again with other models, beside the current faces."""

__all__ = ["apply", "run", "staging", "state_diff"]
