"""The tools of the Studio that show how recognition works."""

from django.utils.translation import gettext_lazy as _

from albums.views.studio.tools import StudioTool

RECOGNITION_TOOLS = [
    StudioTool(
        name="detectors",
        label=_("How faces are found"),
        description=_("See what four detectors see in one of your photos, step by step."),
        url_name="faces:detectors",
        icon="find",
    ),
    StudioTool(
        name="live_verification",
        label=_("Is this the person in the picture?"),
        description=_("Compare the camera with a picture or a person, live."),
        url_name="faces:live_verification",
        icon="camera",
    ),
    StudioTool(
        name="how_sure",
        label=_("How sure is it?"),
        description=_("How often recognition is right, in charts, also for your own photos."),
        url_name="faces:how_sure",
        icon="check",
    ),
]
