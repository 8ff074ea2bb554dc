"""What `import_folder --watch` waits for: files that come into a folder."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from watchfiles import Change, watch

from albums.services.uploading.folder_listing import FolderListing
from albums.services.uploading.folder_watching import Arrivals, folder_identity

# Seconds for which a file must stay as it is before it is taken.
SETTLE_SECONDS = 2.0
# Seconds between two looks at what may still be growing, and at whether the folder is there.
LOOK_SECONDS = 0.5

Say = Callable[[str], None]


def arrivals(
    folder: Path, *, poll: float | None, say: Say, settle: float = SETTLE_SECONDS
) -> Iterator[FolderListing]:
    """Yield what is there, then the files that come, when they have stopped growing.

    Ends only by KeyboardInterrupt. The first listing comes at once, also when there is nothing in it.

    poll: look at the folder every so many seconds, for network folders, whose changes nobody tells. A folder
    that goes away (a stick) is waited for; when it is back, all of it is looked at.
    """
    waiting = Arrivals(folder, settle=settle)
    waiting.notice_all()
    yield waiting.take(time.monotonic())
    while True:
        identity = folder_identity(folder)
        if identity is None:
            say(f"{folder} is away; waiting for it to come back.")
            while (identity := folder_identity(folder)) is None:
                time.sleep(LOOK_SECONDS)
            say(f"{folder} is back.")
            waiting.notice_all()
        yield from _while_there(folder, identity, waiting, poll)


def _while_there(
    folder: Path, identity: tuple[int, int], waiting: Arrivals, poll: float | None
) -> Iterator[FolderListing]:
    """Watch until the folder is another one, or none."""
    try:
        for changes in watch(
            folder,
            watch_filter=None,
            debounce=int(LOOK_SECONDS * 1000),
            rust_timeout=int(LOOK_SECONDS * 1000),
            yield_on_timeout=True,
            force_polling=True if poll else None,
            poll_delay_ms=int((poll or 1) * 1000),
            raise_interrupt=True,
        ):
            waiting.notice(Path(path) for change, path in changes if change != Change.deleted)
            if folder_identity(folder) != identity:
                return
            if (ready := waiting.take(time.monotonic())).files:
                yield ready
    except FileNotFoundError:
        return  # it went away between the look and the watch
