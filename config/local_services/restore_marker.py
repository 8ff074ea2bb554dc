"""The note in a data folder that a restore was begun there and has not ended: nothing else may start."""

from pathlib import Path


def note_path(data_dir: Path) -> Path:
    """Where the note lies; there is none in a data folder that is whole."""
    return Path(data_dir) / "restoring.json"


def half_restored(data_dir: Path) -> str:
    """What to tell whoever wants to work on a half restored album; empty when it is none."""
    if not note_path(data_dir).exists():
        return ""
    return (
        f"A restore into {data_dir} was begun and has not ended. Run the same bin/manage restore again, or "
        "remove that folder."
    )
