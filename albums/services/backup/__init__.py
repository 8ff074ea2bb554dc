"""Back up a data folder, check a backup and restore it."""

__all__ = ["backup", "checks", "format", "restore", "stored_files"]
