"""Export people and faces as files."""

__all__ = ["csv", "export"]
