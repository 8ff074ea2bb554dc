"""Writes of the albums app: functions that take rows and return rows."""
