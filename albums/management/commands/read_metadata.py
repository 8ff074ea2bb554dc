"""Command `read_metadata`: date, camera, position and description of photos that an older version read."""

from typing import Any

from albums.services.reading.metadata import images_describe, images_undescribed
from config.commands.reporting import ReportingCommand, Result

BATCH = 50


class Command(ReportingCommand):
    help = "Read date, camera, exposure, position and description of photos that an older version read."
    examples = """
  bin/manage read_metadata
  bin/manage read_metadata --json

The worker of bin/start does this automatically, a few photos at a time.
"""

    def run(self, **_options: Any) -> Result:
        done = 0
        with self.bar(desc="Reading", unit="photo", total=images_undescribed().count()) as bar:
            while count := images_describe(count=BATCH):
                done += count
                bar.update(count)
        return Result({"read": done}, [f"Done: {done} photo{'' if done == 1 else 's'} read."])
