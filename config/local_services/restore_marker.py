"""Marker file of an unfinished restore: until it has finished nothing else may use the data folder."""

from pathlib import Path

MARKER = "restoring.json"


def marker_path(data_dir: Path) -> Path:
    """Return the path of the marker, which exists during a restore."""
    return Path(data_dir) / MARKER


def unfinished_restore(data_dir: Path) -> str:
    """Return the error message for a partially restored data folder, or an empty string."""
    if not marker_path(data_dir).exists():
        return ""
    return (
        f"A restore into {data_dir} was started and has not finished. Run the same bin/manage restore again, "
        "or remove that folder."
    )
