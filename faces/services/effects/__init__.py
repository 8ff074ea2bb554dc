"""Effects on faces as jobs of the studio: morphs, and a person growing up."""

__all__ = ["growing_up", "morph"]
