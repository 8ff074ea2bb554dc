"""Download photos and data as zip archives."""

__all__ = ["archives", "cleaned_files", "data_export"]
