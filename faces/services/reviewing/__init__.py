"""The review queue: which questions to ask, with which evidence, and what the answers change."""

__all__ = [
    "answering",
    "bulk",
    "candidates",
    "cluster_quality",
    "evidence",
    "kinds",
    "merging",
    "mixed_groups",
    "operator_review",
    "parted",
    "poor_faces",
    "queue",
]
