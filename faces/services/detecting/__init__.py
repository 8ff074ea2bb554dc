"""Find the faces of photos and store them as rows."""

__all__ = [
    "box_matching",
    "crops",
    "embeddings",
    "manual",
    "retries",
    "rows",
    "scans",
    "stored_embeddings",
    "turning",
]
