"""Group the embeddings of faces into people, and judge the groups."""

__all__ = [
    "cluster_quality",
    "clustering",
    "common_face",
    "exemplars",
    "group_similarity",
    "growth",
    "linkage",
    "neighbour_lists",
    "rules",
]
