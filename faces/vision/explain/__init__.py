"""Pictures and figures of how faces are found: intermediate results of the detectors and the embedder."""

__all__ = [
    "anchors",
    "cascade_file",
    "cascade_pictures",
    "charts",
    "drawing",
    "network_input",
    "pair_charts",
]
