"""The base of all face services: consent, an owner's models, bulk assignment, pixels."""

__all__ = ["bulk_assign", "consent", "owner_pipeline", "pixels"]
