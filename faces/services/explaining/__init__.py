"""Explanations of how faces are found."""

__all__ = ["comparison", "job"]
