"""Originals, renditions and albums. This app does not know faces."""
