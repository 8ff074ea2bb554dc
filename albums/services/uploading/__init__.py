"""Add photos: uploads, archives, folders, within each account's quota."""

__all__ = [
    "archive_names",
    "archive_reading",
    "archive_unpacking",
    "folder_import",
    "folder_listing",
    "folder_watching",
    "gallery_folders",
    "partial_files",
    "quotas",
    "resumable_uploads",
    "retries",
    "room_checks",
    "selected_files",
    "skipped_names",
    "upload_progress",
    "upload_sweeping",
    "uploads",
]
