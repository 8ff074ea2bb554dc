"""manage.py read_metadata: camera, position and description of photos that were read without them."""

from typing import Any

from django.core.management.base import BaseCommand

from albums.services.metadata import images_describe, images_undescribed

AT_ONCE = 50


class Command(BaseCommand):
    """Go on where the last call, or the worker, stopped."""

    help = "Read camera, exposure, position and description of photos that lack them; stop it at any time."

    def handle(self, *args: Any, **options: Any) -> None:
        total = images_undescribed().count()
        done = 0
        while count := images_describe(count=AT_ONCE):
            done += count
            self.stdout.write(f"{done} of {max(total, done)} photos")
        self.stdout.write(f"Done: {done} photo{'' if done == 1 else 's'} read.")
