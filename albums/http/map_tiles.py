"""The Content-Security-Policy of the map, whose pictures may come from the tile server of the operator."""

from urllib.parse import urlsplit

from albums.http.content_policy import CONTENT_SECURITY_POLICY


def tiles_policy(tiles: str) -> str:
    """Return the policy with the origin of the tiles, an address with {z}, {x} and {y}; or without any."""
    if not tiles:
        return CONTENT_SECURITY_POLICY
    parts = urlsplit(tiles)
    origin = f"{parts.scheme}://{parts.netloc}"
    return CONTENT_SECURITY_POLICY.replace("img-src 'self'", f"img-src 'self' {origin}")
