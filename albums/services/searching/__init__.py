"""Search photos by words, dates and places."""

__all__ = ["parts", "search"]
