"""What the pages share that look at a picture."""

CAMERA_POLICY = "camera=(self), microphone=(), geolocation=()"
"""The Permissions-Policy of a page that may take a picture."""
