"""bin/manage read_metadata: camera, position and description of photos that were read without them."""

from typing import Any

from albums.services.reading.metadata import images_describe, images_undescribed
from config.commands.reporting import Outcome, ReportingCommand

AT_ONCE = 50


class Command(ReportingCommand):
    """Go on where the last call, or the worker, stopped."""

    help = "Read camera, exposure, position and description of photos that lack them; stop it at any time."
    examples = """
  bin/manage read_metadata
  bin/manage read_metadata --json

The worker of bin/start does so by itself, a few photos at a time.
"""

    # It needs no models.
    requires_system_checks: list[str] = []

    def work(self, **_options: Any) -> Outcome:
        """Photo by photo, until none is left."""
        done = 0
        with self.bar(desc="Reading", unit="photo", total=images_undescribed().count()) as bar:
            while count := images_describe(count=AT_ONCE):
                done += count
                bar.update(count)
        return Outcome({"read": done}, [f"Done: {done} photo{'' if done == 1 else 's'} read."])
