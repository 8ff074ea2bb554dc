"""HTTP as JSON."""
