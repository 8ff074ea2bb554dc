"""The Content-Security-Policy of all pages."""

# Everything is loaded from this server, and temporary pictures from data: addresses. No inline scripts and no
# inline styles: boxes are attributes of SVG.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
