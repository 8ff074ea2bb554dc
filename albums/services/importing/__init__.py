"""Move in from other photo programs: their folders and zips, with all that they know of each photo."""

__all__ = [
    "takeout",
    "uploaded_takeout",
    "xmp_files",
]
