"""Check stored files and measure the storage they use."""

__all__ = ["integrity", "orphaned_files", "storage_use"]
