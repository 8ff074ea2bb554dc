"""Search by face: look-alikes, verification, candidates for a name."""

__all__ = [
    "age_search",
    "candidates",
    "certainty",
    "lookalike",
    "nearest",
    "photo_search",
    "verification",
    "verification_base",
]
