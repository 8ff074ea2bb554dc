"""Watching of a folder for `import_folder --watch`."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from watchfiles import Change, watch

from albums.services.uploading.folder_listing import FolderListing
from albums.services.uploading.folder_watching import Arrivals, folder_identity

# A file must be unchanged for this long before it is imported; one that is not whole, longer: see `Arrivals`.
SETTLE_SECONDS = 2.0
# Interval of checks of growing files and of the folder itself.
CHECK_SECONDS = 0.5


def watch_folder(
    folder: Path, *, poll: float | None, notify: Callable[[str], None], settle: float = SETTLE_SECONDS
) -> Iterator[FolderListing]:
    """Yield the present files, possibly none, then new files once they stop growing, until KeyboardInterrupt.

    poll: seconds between listings, for network folders without change notifications. A folder that
    disappears, such as a USB stick, is listed again when it reappears.
    """
    arrivals = Arrivals(folder, settle=settle)
    arrivals.notice_all()
    yield arrivals.take(time.monotonic())
    while True:
        identity = folder_identity(folder)
        if identity is None:
            notify(f"{folder} is not available; waiting for it.")
            while (identity := folder_identity(folder)) is None:
                time.sleep(CHECK_SECONDS)
            notify(f"{folder} is available again.")
            arrivals.notice_all()
        yield from _watch_while_present(folder, identity, arrivals, poll)


def _watch_while_present(
    folder: Path, identity: tuple[int, int], arrivals: Arrivals, poll: float | None
) -> Iterator[FolderListing]:
    """Watch until the folder is missing or has been replaced."""
    try:
        for changes in watch(
            folder,
            watch_filter=None,
            debounce=int(CHECK_SECONDS * 1000),
            rust_timeout=int(CHECK_SECONDS * 1000),
            yield_on_timeout=True,
            force_polling=True if poll else None,
            poll_delay_ms=int((poll or 1) * 1000),
            raise_interrupt=True,
        ):
            arrivals.notice(Path(path) for change, path in changes if change != Change.deleted)
            if folder_identity(folder) != identity:
                return
            ready = arrivals.take(time.monotonic())
            if ready.files or ready.unfinished:
                yield ready
    except FileNotFoundError:
        return  # it disappeared between the check and the watch
