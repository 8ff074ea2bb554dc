"""Formats of dates where Django's are not the usual ones."""
