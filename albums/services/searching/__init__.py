"""Search photos by words, dates and places."""

__all__ = [
    "dates",
    "parts",
    "search",
    "search_part",
    "similar_photos",
]
