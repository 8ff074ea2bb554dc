"""API views: one method per operation, which validates the request and calls a service."""
