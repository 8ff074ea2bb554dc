"""Arrange photos: albums, members, share links, the timeline."""

__all__ = ["albums", "descriptions", "members", "share_links", "smart_albums", "timeline"]
