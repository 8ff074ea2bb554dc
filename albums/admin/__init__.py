"""The administration's pages about accounts and photos, one module a subject."""

from albums.admin import accounts, albums, dashboard, images, jobs, studio_jobs, uploads

__all__ = ["accounts", "albums", "dashboard", "images", "jobs", "studio_jobs", "uploads"]
