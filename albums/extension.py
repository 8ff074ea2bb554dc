"""All that albums itself registers: see `albums.extensions`."""

from albums.admin.studio_jobs import STUDIO
from albums.extensions import Extension

EXTENSION = Extension(app="albums", job_sections=[STUDIO])
