"""The base of all face services: consent, an owner's models, bulk assignment, pixels, vector search."""

__all__ = ["bulk_assign", "consent", "frames", "owner_pipeline", "pixels", "vector_search"]
