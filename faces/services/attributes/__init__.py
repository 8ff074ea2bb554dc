"""Age and gender of faces: estimates for owners who have switched them on, and ages from birth dates."""

__all__ = ["ages", "consent", "estimation", "timeline"]
