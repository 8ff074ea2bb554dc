"""Arrange photos: albums, members, share links, the timeline."""

__all__ = [
    "albums",
    "capture_times",
    "descriptions",
    "marks",
    "members",
    "memories",
    "near_photos",
    "positions",
    "share_links",
    "smart_albums",
    "stack_decisions",
    "stacks",
    "tags",
    "timeline",
]
