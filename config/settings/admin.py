"""Settings of the admin: name, appearance and menu."""

from collections.abc import Callable
from typing import Any

from django.templatetags.static import static
from django.urls import reverse_lazy


def _static(path: str) -> Callable[..., str]:
    """Return the URL of a static file at rendering time, because its name contains a hash."""
    return lambda _request=None: static(path)


def _entry(title: str, icon: str, address: str) -> dict[str, Any]:
    return {"title": title, "icon": icon, "link": reverse_lazy(f"admin:{address}")}


def _group(title: str, *entries: dict[str, Any]) -> dict[str, Any]:
    return {"title": title, "separator": True, "items": list(entries)}


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Trombine",
    "SITE_HEADER": "Trombine",
    "SITE_SUBHEADER": "Administration",
    "SITE_URL": reverse_lazy("albums:photos"),
    "SITE_ICON": _static("img/logo.svg"),
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": _static("img/logo.svg")}],
    # The preference of the account; without one the page shows a switch.
    "THEME": "albums.admin_site.theme_of",
    "DASHBOARD_CALLBACK": "albums.admin.dashboard.numbers",
    "STYLES": [_static("css/administration.css")],
    "ENVIRONMENT": None,
    "SHOW_BACK_BUTTON": True,
    "ACCOUNT": {"navigation": [{"title": "Account settings", "link": reverse_lazy("albums:settings")}]},
    "BORDER_RADIUS": "9px",
    # As in static/css/tokens.css: warm greys and the green of the pages.
    "COLORS": {
        "base": {
            "50": "#f8f6f2", "100": "#efebe4", "200": "#e2dcd2", "300": "#cdc5b9", "400": "#a59c8f",
            "500": "#756d62", "600": "#59534a", "700": "#47423b", "800": "#34312d", "900": "#1e1d1b",
            "950": "#141312",
        },
        "primary": {
            "50": "#eff8f6", "100": "#ddefea", "200": "#bfe3da", "300": "#98d6c9", "400": "#74d6c4",
            "500": "#3fae9b", "600": "#0f6b5f", "700": "#0a5148", "800": "#083f38", "900": "#17342f",
            "950": "#05231e",
        },
    },
    "SIDEBAR": {
        "navigation": [
            _group(
                "Server",
                _entry("Overview", "home", "index"),
                _entry("Accounts", "group", "auth_user_changelist"),
                _entry("Jobs", "pending_actions", "jobs"),
                _entry("Models", "deployed_code", "models"),
            ),
            _group(
                "Photos",
                _entry("Images", "image", "albums_image_changelist"),
                _entry("Albums", "photo_album", "albums_album_changelist"),
                _entry("Uploads", "upload", "albums_upload_changelist"),
                _entry("Studio jobs", "brush", "albums_job_changelist"),
            ),
            _group(
                "Faces",
                _entry("Scans", "frame_person", "faces_facescan_changelist"),
                _entry("Faces", "face", "faces_face_changelist"),
                _entry("People", "diversity_3", "faces_person_changelist"),
                _entry("Decisions", "gavel", "faces_verdict_changelist"),
                _entry("Changes", "history", "faces_change_changelist"),
                _entry("Cluster review", "join_inner", "faces_clusterquality_changelist"),
                _entry("Grouping", "hub", "grouping"),
                _entry("Runs", "timeline", "faces_clusteringrun_changelist"),
            ),
        ],
    },
}  # fmt: skip
