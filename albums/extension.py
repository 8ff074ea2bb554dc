"""All that albums itself registers: see `albums.extensions`."""

from django.utils.translation import gettext_lazy as _

from albums.admin.studio_jobs import STUDIO
from albums.extensions import Extension
from albums.services.editing.change_jobs import EDIT
from albums.services.styling.gatys import GATYS
from albums.services.styling.painting import STYLE
from albums.views.studio.tools import StudioTool

EXTENSION = Extension(
    app="albums",
    job_sections=[STUDIO],
    job_kinds=[STYLE, GATYS, EDIT],
    studio_tools=[
        StudioTool(
            name="style",
            label=_("Painter styles"),
            description=_("Paint a photo like a painting, or in the style of any image."),
            url_name="albums:style",
            icon="brush",
        )
    ],
)
