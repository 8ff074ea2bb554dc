"""Long work in the background: kinds of job, their runs, and what their owners do with them."""

__all__ = ["context", "jobs", "kinds", "running", "slots", "thumbnails"]
