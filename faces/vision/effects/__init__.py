"""Effects on faces: landmarks, portraits of one size, and morphs of one face into another."""

__all__ = ["captions", "framing", "mesh", "morph"]
