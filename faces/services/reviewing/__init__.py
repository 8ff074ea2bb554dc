"""The review queue: which questions to ask, with which evidence, and what the answers change."""

__all__ = ["bulk", "candidates", "cluster_quality", "evidence", "mixed_groups", "operator_review", "queue"]
