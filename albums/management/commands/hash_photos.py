"""Command `hash_photos`: fingerprints of photos that an older version read, to find similar ones."""

from typing import Any

from albums.services.arranging.stacks import AT_ONCE, stacks_renew_due
from albums.services.reading.fingerprints import images_hash, images_unhashed
from config.commands.reporting import ReportingCommand, Result

BATCH = 20


class Command(ReportingCommand):
    help = "Compute fingerprints, which find similar photos, of photos that an older version read."
    examples = """
  bin/manage hash_photos
  bin/manage hash_photos --json

The worker of bin/start does this automatically, a few photos at a time.
"""

    def run(self, **_options: Any) -> Result:
        done = 0
        with self.bar(desc="Comparing", unit="photo", total=images_unhashed().count()) as bar:
            while count := images_hash(count=BATCH):
                done += count
                bar.update(count)
        while stacks_renew_due() == AT_ONCE:
            pass
        return Result({"hashed": done}, [f"Done: {done} photo{'' if done == 1 else 's'} hashed."])
