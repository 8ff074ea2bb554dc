"""Check the integrity of face data and report progress."""

__all__ = ["integrity", "progress", "upload_progress"]
