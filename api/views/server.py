"""The server's version, models and limits."""

from typing import Any

from django.conf import settings
from rest_framework.permissions import AllowAny

from albums.imaging.decoding import FORMATS
from albums.services.core.limits import archive_limits, image_limits
from api.schema import Operation
from api.serializers.common import MAX_IDS, MAX_LIMIT
from api.serializers.server import ServerOut
from api.views.base import ApiView
from config.version import version
from faces.conf import face_settings


class Server(ApiView):
    """Retrieve the server's description."""

    tag = "server"
    permission_classes = (AllowAny,)

    @Operation("server_get", response=ServerOut, example={"name": "Trombine"})
    def get(self) -> dict[str, Any]:
        """Retrieve the version, models and limits of the server. No authentication is required."""
        models, zips = face_settings(), archive_limits()
        rates = {kind: int(rate.partition("/")[0]) for kind, rate in settings.API_RATES.items()}
        return {
            "name": "Trombine",
            "version": version(),
            "api": "1",
            "formats": sorted({media for media, _extension in FORMATS.values()}),
            "languages": [code for code, _name in settings.LANGUAGES],
            "detector": models.detector,
            "embedder": models.embedder,
            "limits": {
                "file_bytes": image_limits().max_bytes,
                "piece_bytes": settings.UPLOAD_PIECE_BYTES,
                "uploads_under_way": settings.UPLOAD_MOST_FILES,
                "bin_days": settings.BIN_DAYS,
                "zip_bytes": zips.most_bytes,
                "zip_files": zips.most_files,
                "page_rows": MAX_LIMIT,
                "ids": MAX_IDS,
                "requests_a_minute": rates,
            },
        }
