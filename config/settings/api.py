"""Settings of the JSON API: authentication, throttling and OpenAPI schema."""

from typing import Any

from config import env
from config.settings.address import PATH_PREFIX

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        # The first one determines the WWW-Authenticate header of a 401 response: Bearer.
        "api.authentication.TokenAuthentication",
        "api.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": [
        "rest_framework.permissions.IsAuthenticated",
        "api.permissions.TokenScopes",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_THROTTLE_CLASSES": ["api.throttles.KindThrottle"],
    "DEFAULT_SCHEMA_CLASS": "api.schema.OperationSchema",
    "EXCEPTION_HANDLER": "api.exceptions.error_response",
}
# Requests per minute of an account, or of the address of an anonymous visitor.
API_RATES = {
    kind: f"{env.number(f'TROMBINE_API_{kind.upper()}', rate, minimum=1, maximum=1_000_000)}/min"
    for kind, rate in {
        "read": 1200,
        "write": 600,
        "upload": 2400,
        "faces": 120,
        "frames": 300,
        "visitor": 120,
    }.items()
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Trombine",
    "DESCRIPTION": (
        "Authenticate with an API token: `Authorization: Bearer tro_…`. Lists are paginated: pass `next` of "
        "a page as `cursor`. Errors have the format of RFC 9457. A request with an `Idempotency-Key` can be "
        "repeated safely."
    ),
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    # Addresses of the schema are without the prefix of the server.
    "SERVERS": [{"url": PATH_PREFIX}] if PATH_PREFIX else [],
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    # The serializers of PATCH requests have optional fields of their own.
    "COMPONENT_SPLIT_PATCH": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "api.schema.plain_nulls",
    ],
    # Names of types in generated clients.
    "ENUM_NAME_OVERRIDES": {
        "AlbumSort": "albums.models.Album.Sort",
        "AnswerKind": "api.serializers.review.ANSWERS",
        "EstimatedGender": ["female", "male"],
        "FaceNameScope": "api.serializers.faces.NAME_FOR",
        "Language": "django.conf.settings.LANGUAGES",
        "RenditionKind": "albums.models.Rendition.Kind",
        "Scope": "api.models.ApiToken.Scope",
        "Theme": "albums.models.Preferences.Theme",
        "UnpackedFileStatus": "albums.models.UnpackedFile.Status",
        "VerdictKind": "faces.models.Verdict.Kind",
        "AlbumRole": ["owner", "viewer", "editor"],
        "MemberRole": "albums.models.AlbumMember.Role",
        "ImageState": "albums.models.Image.State",
        "JobState": "albums.models.Job.State",
        "JobFileRole": "albums.models.JobFile.Role",
        "RunState": "faces.models.ClusteringRun.State",
        "ChangeKind": "faces.models.Change.Kind",
        "PhotoChangeKind": "albums.models.PhotoChange.Kind",
        "QuestionKind": "api.serializers.review.QUESTION_KINDS",
        "UploadStatus": "api.serializers.uploads.UPLOAD_STATUSES",
        "PersonRule": "faces.models.PersonAlbum.Rule",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}
