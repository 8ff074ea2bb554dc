"""Search by face: look-alikes, verification and models for it, candidates for a name."""

__all__ = [
    "age_search",
    "candidates",
    "certainty",
    "exemplar_search",
    "galleries",
    "lookalike",
    "nearest",
    "photo_search",
    "recent_faces",
    "verification",
    "verification_base",
    "verifier_training",
    "verifiers",
]
