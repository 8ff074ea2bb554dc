"""Edit people: names, confirmations and rejections, and what is derived from them."""

__all__ = [
    "co_occurrence",
    "edits",
    "exemplars",
    "face_scores",
    "gallery_naming",
    "index",
    "name_search",
    "naming",
    "person_albums",
    "sidecar_names",
    "stats",
    "verdicts",
]
