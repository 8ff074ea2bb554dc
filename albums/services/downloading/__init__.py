"""Download photos and data as zip archives."""

__all__ = ["archives", "data_export"]
