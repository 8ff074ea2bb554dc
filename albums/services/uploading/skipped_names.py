"""Names of files and folders that are not the owner's photos: one list for folders, watched ones and zips.

The upload page has the same list in `static/js/upload-files.js`; a test compares them.
"""

import enum
import re

# Files that programs create beside photos.
SIDECAR_ENDINGS = frozenset({".xmp", ".json", ".aae", ".thm", ".ini", ".pp3", ".dop", ".db", ".lnk"})

_HIDDEN = re.compile(r"\.(?!\.?([/\\]|$))")
# Films (also the moving part of a Live Photo), sounds, subtitles, databases, previews of other programs,
# tracks, texts. Documents that may contain pictures, and pictures of unsupported formats, are not among them:
# their refusal says so.
_NOT_PHOTOS = re.compile(
    r"\.(mov|mp4|m4v|avi|mpe?g|mts|m2ts|3gp|3g2|wmv|mkv|webm|flv|vob|insv|lrv|lrf|wav|mp3|m4a|aac"
    r"|srt|vtt|ass|ssa|sub|sqlite3?|(sqlite3?|db|lrcat)-(wal|shm|journal)|lrcat|lrprev|cos|cop|cot|cof|ctg|mrk"
    r"|gpx|kml|nmea|txt|nfo|log|url|csv)$",
    re.IGNORECASE,
)
# Bins, thumbnails and metadata of network disks and systems; they contain deleted photos and small copies.
_SYSTEM_FOLDERS = re.compile(
    r"^(__macosx|@eadir|#recycle|#snapshot|@recycle|@recently-snapshot|@__thumb|\$recycle\.bin|recycler|recycled"
    r"|system volume information|lost\+found|network trash folder|temporary items|.+\.lrdata)$",
    re.IGNORECASE,
)
# Downloads and copies that are not finished, and what editors leave while a file is open.
_UNFINISHED = re.compile(
    r"(~|\.(part|partial|filepart|crdownload|download|opdownload|tmp|temp|aria2|!ut|!qb|bc!|swp))$",
    re.IGNORECASE,
)
_SYSTEM_FILES = re.compile(
    r"^(syno[a-z]+_(thumb|film|media)[^/]*|(eh)?thumbs\.db|desktop\.ini|zbthumbnail\.info|icon\r)$",
    re.IGNORECASE,
)
# Libraries of Apple's programs: what is beside the originals are small and edited copies.
_LIBRARIES = re.compile(r".\.(photoslibrary|photolibrary|migratedphotolibrary|aplibrary)$", re.IGNORECASE)
_INSIDE_LIBRARIES = re.compile(
    r"^(resources|database|private|scopes|thumbnails|previews|caches|data\.noindex)$", re.IGNORECASE
)


class Skip(enum.StrEnum):
    """Reasons why a file or folder is not imported, and is not refused either."""

    HIDDEN = "hidden"
    SIDECAR = "sidecar"
    SYSTEM = "system"
    NOT_A_PHOTO = "not_a_photo"
    UNFINISHED = "unfinished"


def skip_reason(path: str, *, root: str = "") -> Skip | None:
    """Return why the file at a path with "/" is skipped because of its name or folders; None for a photo.

    root: the name of the folder that the path is relative to; the owner chooses it, so it is not judged.
    """
    *folders, name = path.split("/")
    parents = [root, *folders]
    if any(map(is_hidden, [*folders, name])):
        return Skip.HIDDEN
    if any(is_system_folder(folder, parent) for parent, folder in zip(parents, folders, strict=False)):
        return Skip.SYSTEM
    return skip_of_name(name)


def skip_of_name(name: str) -> Skip | None:
    """Return why a file of this name is skipped in any folder."""
    if is_hidden(name):
        return Skip.HIDDEN
    dot = name.rfind(".")
    if _SYSTEM_FILES.match(name) or (dot > 0 and name[dot:].lower() in SIDECAR_ENDINGS):
        return Skip.SIDECAR
    if _UNFINISHED.search(name):
        return Skip.UNFINISHED
    return Skip.NOT_A_PHOTO if _NOT_PHOTOS.search(name) else None


def is_hidden(name: str) -> bool:
    """Return True for a name that begins with a dot; "." and ".." are parts of paths."""
    return bool(_HIDDEN.match(name))


def is_system_folder(name: str, parent: str) -> bool:
    """Return True for a folder that contains no photos of the owner, in a folder with the name `parent`."""
    inside = _LIBRARIES.search(parent) and _INSIDE_LIBRARIES.match(name)
    return bool(_SYSTEM_FOLDERS.match(name) or inside)
