"""Search photos by words, dates and places."""

__all__ = [
    "area",
    "dates",
    "parts",
    "search",
    "search_part",
    "similar_photos",
]
