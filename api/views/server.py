"""What this server is, for everybody."""

from __future__ import annotations

from django.conf import settings
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from albums.imaging.decoding import FORMATS
from albums.services.core.limits import archive_limits, image_limits, upload_limits
from api.pagination import MOST
from api.schema import operation
from api.serializers.common import MOST_IDS
from api.serializers.server import ServerOut
from api.views.base import ApiView
from config.version import version
from faces.conf import face_settings


class Server(ApiView):
    """What this server is."""

    permission_classes = (AllowAny,)

    @operation(
        "server_get",
        tag="server",
        gives=ServerOut,
        visitors=True,
        example={
            "name": "Trombine",
            "version": "0.1.0",
            "api": "1",
            "languages": ["en", "fr", "es"],
            "formats": ["image/jpeg", "image/png"],
            "detector": "retinaface_mobilenet",
            "embedder": "facenet128",
            "limits": {
                "file_bytes": 524288000,
                "piece_bytes": 8388608,
                "uploads_under_way": 200,
                "bin_days": 30,
                "zip_bytes": 4294967296,
                "zip_files": 20000,
                "page_rows": 500,
                "ids": 10000,
                "requests_a_minute": {"read": 1200, "faces": 120},
            },
        },
    )
    def get(self, _request: Request) -> Response:
        """What this server is, and how much it takes at once. Nobody need be signed in."""
        models, uploads, zips = face_settings(), upload_limits(), archive_limits()
        told = {
            "name": "Trombine",
            "version": version(),
            "api": "1",
            "formats": sorted({media for media, _extension in FORMATS.values()}),
            "languages": [code for code, _name in settings.LANGUAGES],
            "detector": models.detector,
            "embedder": models.embedder,
            "limits": {
                "file_bytes": image_limits().max_bytes,
                "piece_bytes": uploads.piece_bytes,
                "uploads_under_way": uploads.most_files,
                "bin_days": settings.BIN_DAYS,
                "zip_bytes": zips.most_bytes,
                "zip_files": zips.most_files,
                "page_rows": MOST,
                "ids": MOST_IDS,
                "requests_a_minute": {
                    kind: int(rate.partition("/")[0]) for kind, rate in settings.API_RATES.items()
                },
            },
        }
        return Response(self.shown(ServerOut, told))
