"""Record the changes of people, undo them, and redact them."""

__all__ = ["change_faces", "diff", "history", "redaction"]
